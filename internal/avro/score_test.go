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
	"tidemark/schemas"
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
		{"nobody knows anything", usd, nil, start + day, "16d7495054e3b4b59aec12f284ea3a3a", "37e6b335d00d009ab1a0b466ffe04afe"},
		{"an answer and no purchase", usd, []event.Event{answered(start, event.NPS, 3)}, 0, "9f7de2647c386014e1d4cb4398fc5437", "dcf6bd1accdb8b405e620fc2ceb68bdc"},
		{"one purchase", usd, weekly(1, "USD"), 0, "07580541cbb60b17f0bc2eabe619d534", "587fa8cbd22a8fca79dab64fc7d8e6cb"},
		{"one purchase, half a year later", usd, weekly(1, "USD"), 180 * day, "c4c7e9c4bdac53a05080ccb5a356eb7a", "8aa05a5ffefb01b192680fe42a648831"},
		{"a weekly buyer", usd, weekly(30, "USD"), 1, "a51e386f7d09e71dc699e8c1b20153b1", "664dfe093e2157be2b542dfc3797d11b"},
		{"a weekly buyer who went quiet", usd, weekly(30, "USD"), 400 * day, "5b7ffedb14c0065fd6b183f496f7b690", "56a0bbc40f882950103b021c6b2a27d1"},
		{"all was given back", usd, append(weekly(1, "USD"), bought(start+day, event.Cancel, "o0", 0, "USD")), 0, "16d7495054e3b4b59aec12f284ea3a3a", "37e6b335d00d009ab1a0b466ffe04afe"},
		{"spends less than nothing", usd, append(weekly(2, "USD"), bought(start+9*day, event.Refund, "", 99_999, "USD")), 0, "4ac0de2a815cfed355311eeed7d1abf2", "b69b8191b21f89367daea052513d65cb"},
		{"as rich as it gets", usd, []event.Event{bought(start, event.Order, "a", event.MaxMinor, "USD"), bought(start+40*day, event.Order, "b", event.MaxMinor-1, "USD")}, 0, "90dd32072a3399854fc392ba8a9ca983", "648aa91fcd5a790a1fa91a4745efd148"},
		{"complains", usd, append(weekly(5, "USD"), answered(start+30*day, event.Complaint, 0)), 0, "cde2311bb1a0e7b8989878a4893da0f1", "641ec5f7f748064bfd2c8e431384224c"},
		{"of yen, which have no cents", jpy, weekly(12, "JPY"), day, "e9b7b393e6923deefafa2e4598e70c61", "df8f1242c165dd0e1d73d398a6594b46"},
		{"of dinars, which have mils", bhd, weekly(12, "BHD"), day, "da51bfbe10c4cc8f3452b4a7d47eb581", "7d998513c6a6124d8c6e20f141defbd0"},
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
	if got, want := hex.EncodeToString(all.Sum(nil)), "6785fa190c75b1440b33c447b6914ce24b3a9bd55d3dec92dee919101386a5e8"; got != want {
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
	out, err := newCodec(t, Options{IDs: map[string]uint32{schemas.Scores: firstScores}}).EncodeScore(&s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// firstScores is the id of the first version of the schema of scores. The second version adds symbols that no score has used, so only the schema id
// of the messages differs. The third adds the learnt value at the end: here two nulls, and with that other event ids.
const firstScores = 0x544d0701

// add hashes all that a message says.
func add(sum io.Writer, out shard.Output) {
	fmt.Fprintf(sum, "%s %s %s %d %x", out.ID, out.Topic, out.Key, out.Time, out.Value)
	for _, h := range out.Headers {
		fmt.Fprintf(sum, " %s=%s", h.Key, h.Value)
	}
}
