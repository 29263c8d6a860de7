package avro

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/model"
	"tidemark/internal/score"
	"tidemark/internal/shard"
)

const (
	day   event.Instant = 24 * 60 * 60 * 1000
	start               = 18_300*day + 12*60*60*1000 + 345 // 2020-02-08, with milliseconds
)

// scorer returns the engine of the default model, in a currency.
func scorer(t testing.TB, base event.Currency) *score.Engine {
	t.Helper()
	m, err := model.Parse(model.Default())
	if err != nil {
		t.Fatal(err)
	}
	m.Base = base
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

// TestScoresAreThoseOfYesterday pins the messages of public scores, as consumers have them: ids and whole messages.
func TestScoresAreThoseOfYesterday(t *testing.T) {
	usd, jpy, bhd := scorer(t, "USD"), scorer(t, "JPY"), scorer(t, "BHD")
	for _, row := range []struct {
		name    string
		engine  *score.Engine
		life    []event.Event
		later   event.Instant
		id, sum string
	}{
		{"nobody knows anything", usd, nil, start + day, "2ae163b9f00b9d9a152843372d5753a4", "776a6235d258d52644a0746f78396a3a"},
		{"an answer and no purchase", usd, []event.Event{answered(start, event.NPS, 3)}, 0, "c27cd79ac708efb1b1ed381354e5339e", "950aa703e26d32e5f02337fe2d033d89"},
		{"one purchase", usd, weekly(1, "USD"), 0, "07398e3d305282d88a65705fee9bad24", "373928817e44e58e9281c3870829001f"},
		{"one purchase, half a year later", usd, weekly(1, "USD"), 180 * day, "3fd74de956f4a28b5fe16b80fae0d637", "322a7aa699da7e1e811547f08634582c"},
		{"a weekly buyer", usd, weekly(30, "USD"), 1, "1e4d7ddf79ad9fce4e024c67814f97e0", "fd9731a1a334d5fb8768d16c386fc5ed"},
		{"a weekly buyer who went quiet", usd, weekly(30, "USD"), 400 * day, "c9b4b0456e9edd7f3d9fec1e490a5782", "281cbf5a930c2aedd050eff1b8867d77"},
		{"all was given back", usd, append(weekly(1, "USD"), bought(start+day, event.Cancel, "o0", 0, "USD")), 0, "2ae163b9f00b9d9a152843372d5753a4", "776a6235d258d52644a0746f78396a3a"},
		{"spends less than nothing", usd, append(weekly(2, "USD"), bought(start+9*day, event.Refund, "", 99_999, "USD")), 0, "23e9c9998a23e3d00c01bb2a96b36894", "98ab8cfac99eac4712af1d4b6c8b2976"},
		{"as rich as it gets", usd, []event.Event{bought(start, event.Order, "a", event.MaxMinor, "USD"), bought(start+40*day, event.Order, "b", event.MaxMinor-1, "USD")}, 0, "f86764d53f3acac9226d81218fc54037", "4cb535d27e7871d4d40ccd5c78464bfc"},
		{"complains", usd, append(weekly(5, "USD"), answered(start+30*day, event.Complaint, 0)), 0, "397346d27e2206aee59f9376ebff6111", "586a04a7cc040f012f2b909ea7e7bdfc"},
		{"of yen, which have no cents", jpy, weekly(12, "JPY"), day, "8bf45e3cd1616208fc27b0dacbb58b60", "86e2452c164f4457711fcf7fc5dd2edf"},
		{"of dinars, which have mils", bhd, weekly(12, "BHD"), day, "0400582eadba326dd4fb8b2160c2fdff", "833d5e3a08872157481fbc8eb54c91a8"},
	} {
		out := announced(t, row.engine, lived(t, row.engine, "c-1", row.life...), row.later)
		sum := sha256.New()
		add(sum, out)
		if got := digest(sum.Sum(nil)); out.ID != row.id || got != row.sum {
			t.Errorf("%s: id %q and message %q, want %q and %q", row.name, out.ID, got, row.id, row.sum)
		}
	}
	all := sha256.New()
	for seed := range uint64(500) {
		r := rand.New(rand.NewPCG(seed, 9))
		e := []*score.Engine{usd, jpy, bhd}[seed%3]
		p := lived(t, e, fmt.Sprint("c-", seed), drawnLife(r, e.Model().Base)...)
		add(all, announced(t, e, p, event.Instant(r.Int64N(int64(500*day)))))
	}
	if got, want := hex.EncodeToString(all.Sum(nil)), "a74365906762ac994753495d1a832540f0e9bfc06f9ce1139fdaa703bc1bfce2"; got != want {
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

// announced is the message of a customer's score, so much later than the profile.
func announced(t testing.TB, e *score.Engine, p score.Profile, later event.Instant) shard.Output {
	t.Helper()
	s := e.Score(p, p.AsOf+later)
	out, err := newCodec(t, Options{}).EncodeScore(&s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// add hashes all that a message says.
func add(sum io.Writer, out shard.Output) {
	fmt.Fprintf(sum, "%s %s %s %d %x", out.ID, out.Topic, out.Key, out.Time, out.Value)
	for _, h := range out.Headers {
		fmt.Fprintf(sum, " %s=%s", h.Key, h.Value)
	}
}
