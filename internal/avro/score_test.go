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
		{"nobody knows anything", usd, nil, start + day, "3bc80a2d05fc98ab93523eea7079cd55", "583a09a5a143c1cf65d9d90cd69790bd"},
		{"an answer and no purchase", usd, []event.Event{answered(start, event.NPS, 3)}, 0, "486a606ac0dd1b7ab6f20062b67a9ec0", "cf531a815488747a050fe491191db095"},
		{"one purchase", usd, weekly(1, "USD"), 0, "f37df319cb060a5d6f0d04faafaa1537", "94daf27220700ac5f75ce4cfc62935af"},
		{"one purchase, half a year later", usd, weekly(1, "USD"), 180 * day, "3b469f8dcbbf442bae0d7dacb738c392", "9e6ce8a4474f3df799368050a0ac6aa3"},
		{"a weekly buyer", usd, weekly(30, "USD"), 1, "b15765be5ae638282edf7fe4b473d844", "639aa45485eb25776a6807438547609a"},
		{"a weekly buyer who went quiet", usd, weekly(30, "USD"), 400 * day, "d25731ec1796449649383777802c76d0", "274960016c663a595ba9d10c779992a9"},
		{"all was given back", usd, append(weekly(1, "USD"), bought(start+day, event.Cancel, "o0", 0, "USD")), 0, "3bc80a2d05fc98ab93523eea7079cd55", "583a09a5a143c1cf65d9d90cd69790bd"},
		{"spends less than nothing", usd, append(weekly(2, "USD"), bought(start+9*day, event.Refund, "", 99_999, "USD")), 0, "39eb48218eb44a26ae13777f63a7b1d3", "fb3265cafe93a3d5c79063dae3732107"},
		{"as rich as it gets", usd, []event.Event{bought(start, event.Order, "a", event.MaxMinor, "USD"), bought(start+40*day, event.Order, "b", event.MaxMinor-1, "USD")}, 0, "a4a90a99ccdeeea29396e308d47b515c", "1e0ebce7fa47140c1f1c2dbbcf522c5f"},
		{"complains", usd, append(weekly(5, "USD"), answered(start+30*day, event.Complaint, 0)), 0, "e14c8c0875936ec7ee94c1e5def4a153", "b37113f18e0695971f7342f0dabd0476"},
		{"of yen, which have no cents", jpy, weekly(12, "JPY"), day, "170a86261d04f2737ea26236fddf3843", "50921e7912d171cbd25ae2db15490667"},
		{"of dinars, which have mils", bhd, weekly(12, "BHD"), day, "b24709a5d9313e846d3df6c9a2e429aa", "d5ebd1da15623351317b7eb4a045af17"},
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
	if got, want := hex.EncodeToString(all.Sum(nil)), "b3287bb245b759635ccdf0505862ac6d2a7bfefc49cf8cef5cb6e97808a7e3bc"; got != want {
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

// firstScores is the id of the first version of the schema of scores. The second version adds symbols that no score has used: only the
// schema id of the messages differs.
const firstScores = 0x544d0701

// add hashes all that a message says.
func add(sum io.Writer, out shard.Output) {
	fmt.Fprintf(sum, "%s %s %s %d %x", out.ID, out.Topic, out.Key, out.Time, out.Value)
	for _, h := range out.Headers {
		fmt.Fprintf(sum, " %s=%s", h.Key, h.Value)
	}
}
