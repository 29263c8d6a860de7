package learn_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/learn"
	"tidemark/internal/model"
	"tidemark/internal/score/clv"
	"tidemark/internal/service"
)

// day1 is the first day of the shop.
var day1 = event.InstantOf(time.Date(2023, 1, 2, 12, 0, 0, 0, time.UTC))

// shopOfHabits is a shop of which the habits are known. Each of 40 customers buys tea for 10 dollars on day 0. The first 30 come back on day
// 300, for books of 20, and the first 20 of them on day 700, for tea of 30. Another 35, in the north, buy books of 50 on day 650, once.
func shopOfHabits() []event.Event {
	var log []event.Event
	buy := func(customer string, day int, category string, dollars int64) {
		at := day1.Add(time.Duration(day) * 24 * time.Hour)
		id := fmt.Sprintf("%s-%d", customer, day)
		log = append(log, &event.Purchase{
			Head: event.Head{ID: id, Customer: customer, OccurredAt: at, RecordedAt: at}, Kind: event.Order, OrderID: id,
			Amount: event.Money{Minor: 100 * dollars, Currency: "USD"}, Items: []event.Item{{Category: category, Quantity: 1, AmountMinor: 100 * dollars}},
		})
	}
	for i := range 40 {
		customer := fmt.Sprintf("a%02d", i)
		buy(customer, 0, "tea", 10)
		if i < 30 {
			buy(customer, 300, "books", 20)
		}
		if i < 20 {
			buy(customer, 700, "tea", 30)
		}
	}
	for i := range 35 {
		customer := fmt.Sprintf("n%02d", i)
		buy(customer, 650, "books", 50)
		at := day1.Add(651 * 24 * time.Hour)
		log = append(log, &event.Interaction{
			Head: event.Head{ID: customer + "-said", Customer: customer, OccurredAt: at, RecordedAt: at}, Kind: event.Attributes,
			Attributes: map[string]string{"region": "north", "industry": "retail"},
		})
	}
	return log
}

func habitsOf(t *testing.T, events []event.Event, day int) *learn.Habits {
	t.Helper()
	e, err := service.NewEngine(model.Default(), "UTC", nil)
	if err != nil {
		t.Fatal(err)
	}
	h, err := learn.HabitsOf(t.Context(), e, events, day1, day1.Add(time.Duration(day)*24*time.Hour), e.Model().Value)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestHabits(t *testing.T) {
	h := habitsOf(t, shopOfHabits(), 720)
	// One cut, on day 355: there 10 have bought once and 30 twice, all of them within the year before. 20 of the 30 come back.
	if len(h.Cuts) != 1 || h.Cuts[0] != day1.Add(355*24*time.Hour) {
		t.Errorf("cuts: got %v, want day 355", h.Cuts)
	}
	var retention clv.Banded
	retention.Set(1, 2./3)
	if h.Repurchase.Retention != retention {
		t.Errorf("retention: got %+v, want %+v: the 10 who have bought once are too few", h.Repurchase.Retention, retention)
	}
	if want := []float64{.5}; !reflect.DeepEqual(h.Repurchase.Migration, want) {
		t.Errorf("migration: got %v, want %v: 20 of 40 who were silent for less than a year", h.Repurchase.Migration, want)
	}
	// On day 720: who bought once paid 10 (10 customers of 2023) or 50 (35 of 2024); twice 15; three times 20.
	if got := h.Peers.All; got.Of[0] != 50 || !got.Known[0] || got.Known[1] || got.Known[2] {
		t.Errorf("spend a day: got %+v, want 50 of who bought once, and no more", got)
	}
	if len(h.Peers.ByYear) != 1 || h.Peers.ByYear[2024].Of[0] != 50 {
		t.Errorf("spend a day by year: got %+v, want 50 of 2024 alone", h.Peers.ByYear)
	}
	// Within the year: 35 bought books once; of the others 20 bought tea a third time, which are too few.
	var rate, spend clv.Banded
	rate.Set(0, 1)
	spend.Set(0, 50)
	if want := map[string]clv.PeerCategory{"books": {Rate: rate, Spend: spend}}; !reflect.DeepEqual(h.Peers.Categories, want) {
		t.Errorf("categories: got %+v, want %+v", h.Peers.Categories, want)
	}
	p := h.Population
	if p.Customers != 75 || p.Median != 50 || !reflect.DeepEqual(p.Medians, map[string]float64{"north/retail": 50}) {
		t.Errorf("population: got %+v", p)
	}
	if want := float64(10*10 + 10*30 + 20*60 + 35*50); p.PositiveContribution != want {
		t.Errorf("positive contribution: got %v, want %v", p.PositiveContribution, want)
	}
	if p.TopContribution != 50 { // of the year: 20 times 0, 20 times 30, 35 times 50
		t.Errorf("80th percentile of the contribution of 365 days: got %v, want 50", p.TopContribution)
	}
	if first := float64(40*10+35*50) / 75; !(p.NewCustomer > first && p.NewCustomer < first+100) {
		t.Errorf("a new customer: got %v, want more than the %v of the first day", p.NewCustomer, first)
	}
	refused := strings.Join(h.Refused, "\n")
	for _, want := range []string{
		"retention by purchase days: fewer than 30 cases in 1 (10), 3-4 (0), 5+ (0); clv_retention is absent there",
		"migration by years of silence: fewer than 30 cases in 1 (0)",
		"spend_per_day by year and purchase days: fewer than 30 cases in all 2 (10), all 3-4 (20), 2023 1 (10)",
		"categories by category and purchase days: fewer than 30 cases in tea 3-4 (20)",
	} {
		if !strings.Contains(refused, want) {
			t.Errorf("refused:\n%s\nwant %q", refused, want)
		}
	}
	if got := h.Cases["retention"]; !reflect.DeepEqual(got, map[string]int{"2": 30}) {
		t.Errorf("cases of retention: got %v, want 30 who had bought twice", got)
	}
}

// The order of the events, and their repetition, change nothing.
func TestHabitsDoNotDependOnTheOrder(t *testing.T) {
	want := habitsOf(t, shopOfHabits(), 1100)
	if len(want.Cuts) != 2 {
		t.Fatalf("cuts: got %v, want 2", want.Cuts)
	}
	for seed := range uint64(5) {
		log := append(shopOfHabits(), shopOfHabits()[:50]...)
		rand.New(rand.NewPCG(seed, 0)).Shuffle(len(log), func(i, j int) { log[i], log[j] = log[j], log[i] })
		if got := habitsOf(t, log, 1100); !reflect.DeepEqual(got, want) {
			t.Errorf("seed %d: got %+v, want %+v", seed, got, want)
		}
	}
}

// A log of a few weeks says nothing of years, and three customers nothing of a population.
func TestHabitsOfAShortLog(t *testing.T) {
	h := habitsOf(t, shopOfHabits()[:3], 40)
	if h.Repurchase.Retention.Any() || h.Repurchase.Migration != nil || h.Population.Customers != 0 || h.Peers.All.Any() {
		t.Errorf("got %+v, want nothing", h)
	}
	if refused := strings.Join(h.Refused, "\n"); !strings.Contains(refused, "nobody can be seen to come back within a year") || !strings.Contains(refused, "population: 1 customers") && !strings.Contains(refused, "population: 2 customers") {
		t.Errorf("refused: %s", refused)
	}
	if math.IsNaN(h.Population.NewCustomer) {
		t.Error("NaN")
	}
}
