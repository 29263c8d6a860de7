package avro

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/model"
	"tidemark/internal/model/modeltest"
	"tidemark/internal/score"
)

const (
	day   event.Instant = 24 * 60 * 60 * 1000
	start               = 18_300*day + 12*60*60*1000 + 345 // 2020-02-08, with milliseconds
)

// scorer returns the engine of the quiet model, in a currency. Its version is fixed, for the records name it.
func scorer(t testing.TB, base event.Currency) *score.Engine {
	t.Helper()
	m, err := model.Parse(modeltest.Quiet())
	if err != nil {
		t.Fatal(err)
	}
	m.Base, m.Version = base, "cdnow-2026.4"
	e, err := score.NewEngine(m, event.Calendar{}, Identify, nil)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// lived returns the profile of a customer after events.
func lived(t testing.TB, e *score.Engine, customer string, life ...event.Event) score.Profile {
	t.Helper()
	p := e.New(customer)
	for i, x := range life {
		h := x.Common()
		h.ID, h.Customer, h.RecordedAt = fmt.Sprint(i), customer, h.OccurredAt
		if next, _, verdict := e.Apply(p, x); verdict == score.Accepted {
			p = e.Schedule(next)
		}
	}
	return p
}

func bought(at event.Instant, kind event.PurchaseKind, order string, minor int64, c event.Currency) *event.Purchase {
	return &event.Purchase{Head: event.Head{OccurredAt: at}, Kind: kind, OrderID: order, Amount: event.Money{Minor: minor, Currency: c}}
}

func answered(at event.Instant, kind event.FeedbackKind, answer float64) *event.Feedback {
	return &event.Feedback{Head: event.Head{OccurredAt: at}, Kind: kind, Score: answer, Max: 10, Scored: kind == event.NPS}
}

// weekly are purchases of a weekly buyer, each worth a little more than the one before.
func weekly(n int, c event.Currency) (life []event.Event) {
	for i := range n {
		life = append(life, bought(start+event.Instant(i)*7*day, event.Order, fmt.Sprint("o", i), 4999+int64(i*i), c))
	}
	return life
}

// TestScoresAreThoseOfYesterday pins the records of public scores, as consumers have them, up to the maps: these grow with the catalogue.
func TestScoresAreThoseOfYesterday(t *testing.T) {
	usd, jpy, bhd := scorer(t, "USD"), scorer(t, "JPY"), scorer(t, "BHD")
	for _, row := range []struct {
		name   string
		engine *score.Engine
		life   []event.Event
		later  event.Instant
		sum    string
	}{
		{"nobody knows anything", usd, nil, start + day, "f2f66c480904a855067959be354b272c"},
		{"an answer and no purchase", usd, []event.Event{answered(start, event.NPS, 3)}, 0, "ee8dd1e8c26d738998b1a90be22fdbd1"},
		{"one purchase", usd, weekly(1, "USD"), 0, "1445733bc4c8bdd49fea9ec5e282ebb0"},
		{"one purchase, half a year later", usd, weekly(1, "USD"), 180 * day, "719dfd57c8d40b7de45d429f8375aa54"},
		{"a weekly buyer", usd, weekly(30, "USD"), 1, "782aec2b8f9739123c5ccbd5d734b874"},
		{"a weekly buyer who went quiet", usd, weekly(30, "USD"), 400 * day, "11dfb387d1f26f86dc2881696a3049e3"},
		{"all was given back", usd, append(weekly(1, "USD"), bought(start+day, event.Cancel, "o0", 0, "USD")), 0, "f2f66c480904a855067959be354b272c"},
		{"spends less than nothing", usd, append(weekly(2, "USD"), bought(start+9*day, event.Refund, "", 99_999, "USD")), 0, "61ae82b4992c3f83703bd648e8805380"},
		{"as rich as it gets", usd, []event.Event{bought(start, event.Order, "a", event.MaxMinor, "USD"), bought(start+40*day, event.Order, "b", event.MaxMinor-1, "USD")}, 0, "e6436919403611d17d1674f06f901865"},
		{"complains", usd, append(weekly(5, "USD"), answered(start+30*day, event.Complaint, 0)), 0, "b78a4f007352a72dd673e8d53d1e8d1f"},
		{"of yen, which have no cents", jpy, weekly(12, "JPY"), day, "62c8e26f36cb55e10e8e3e90ed380a53"},
		{"of dinars, which have mils", bhd, weekly(12, "BHD"), day, "70db7cb8cb8756d0d0beba2c68f4f94a"},
	} {
		if got := digest(scored(row.engine, lived(t, row.engine, "c-1", row.life...), row.later)); got != row.sum {
			t.Errorf("%s: record %q, want %q", row.name, got, row.sum)
		}
	}
	all := sha256.New()
	for seed := range uint64(500) {
		r := rand.New(rand.NewPCG(seed, 9))
		e := []*score.Engine{usd, jpy, bhd}[seed%3]
		p := lived(t, e, fmt.Sprint("c-", seed), drawnLife(r, e.Model().Base)...)
		all.Write(scored(e, p, event.Instant(r.Int64N(int64(500*day)))))
	}
	if got, want := hex.EncodeToString(all.Sum(nil)), "cb263b681881fcd3ba67cb6b0a5b6d92da2e479e49a2991ac58e5f486ff452a4"; got != want {
		t.Errorf("500 drawn lives: %s, want %s", got, want)
	}
}

// drawnLife draws purchases, refunds and feedback, in order of time.
func drawnLife(r *rand.Rand, c event.Currency) (life []event.Event) {
	at := start
	for i := range r.IntN(25) {
		at += event.Instant(r.Int64N(int64(45 * day)))
		switch order := fmt.Sprint("o", i); r.IntN(8) {
		case 0:
			life = append(life, bought(at, event.Refund, "", r.Int64N(20_000), c))
		case 1:
			life = append(life, answered(at, event.NPS, float64(r.IntN(11))))
		case 2:
			life = append(life, answered(at, event.Complaint, 0))
		default:
			life = append(life, bought(at, event.Order, order, r.Int64N(1<<uint(4+r.IntN(30))), c))
		}
	}
	return life
}

// scored is the record of a customer's score up to the maps, so much later than the profile.
func scored(e *score.Engine, p score.Profile, later event.Instant) []byte {
	s, w := e.Score(p, p.AsOf+later), wire{}
	w.score(&s)
	return w.b
}
