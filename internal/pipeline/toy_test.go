package pipeline

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/score/churn"
	"tidemark/internal/score/tier"
	"tidemark/internal/shard"
	"tidemark/internal/stream"
	"tidemark/schemas"
)

const day = 24 * time.Hour

// toy is a simple engine: the tier follows from the sum of the amounts, the churn level from the days of silence.
// A profile keeps the amounts by event id, so that repetitions change nothing, in the place of the tier's last id.
type toy struct {
	hash string
	// before is the engine that was in force until effective.
	before    *toy
	effective event.Instant
	// strict multiplies the sum that a tier needs, and takes as many days off the silence that raises a level.
	strict int64
}

type toyState struct {
	Amounts map[string]int64
	Last    event.Instant
}

var silences = []struct {
	after time.Duration
	level score.Level
}{{10 * day, churn.Watch}, {20 * day, churn.AtRisk}, {30 * day, churn.Critical}}

func readToy(p score.Profile) toyState {
	s := toyState{Amounts: map[string]int64{}}
	if p.Standing.LastID != "" {
		if err := json.Unmarshal([]byte(p.Standing.LastID), &s); err != nil {
			panic(err)
		}
	}
	return s
}

func (s toyState) write() string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(b)
}

func (e toy) New(customer string) score.Profile {
	return score.Profile{Customer: customer, Model: e.hash, Due: event.Never}
}

func (e toy) Apply(p score.Profile, x event.Event) (score.Profile, []score.Transition, score.Verdict) {
	s := readToy(p)
	head := x.Common()
	var amount int64
	if purchase, ok := x.(*event.Purchase); ok {
		amount = purchase.Amount.Minor
		if purchase.Amount.Currency == "XXX" {
			return p, nil, score.RefusedCurrency
		}
	}
	if amount == ancient {
		return p, nil, score.RefusedTooOld
	}
	if amount == sealed {
		return p, nil, score.RefusedTooLate
	}
	if _, ok := s.Amounts[head.ID]; ok {
		return p, nil, score.Repeated
	}
	p, transitions := e.Review(p, x.At())
	s.Amounts = maps.Clone(s.Amounts)
	s.Amounts[head.ID] = amount
	s.Last = max(s.Last, x.At())
	p.Standing.LastID, p.LastChange, p.Due = s.write(), p.AsOf, score.Unscheduled
	if p.Episode.Level != churn.None {
		transitions = append(transitions, e.alert(&p, churn.None, score.Resolved, head.ID))
	}
	return p, append(transitions, e.rank(&p, score.ByEvent, head.ID)...), score.Accepted
}

// rank returns the change of the tier, if the tier changes.
func (e toy) rank(p *score.Profile, cause score.Cause, by string) []score.Transition {
	s := readToy(*p)
	if len(s.Amounts) == 0 {
		return nil
	}
	var sum int64
	for _, a := range s.Amounts {
		sum += a
	}
	next := tier.Low
	switch {
	case sum >= 1000*e.strict:
		next = tier.High
	case sum >= 300*e.strict:
		next = tier.Potential
	case sum >= 100*e.strict:
		next = tier.General
	}
	if next == p.Standing.Tier {
		return nil
	}
	t := &score.TierChanged{Stamp: stamp(p, cause, by), Previous: p.Standing.Tier, Tier: next, After: score.Points(sum)}
	t.ID = identify(t)
	p.Standing.Tier, p.Standing.Since = next, p.AsOf
	return []score.Transition{t}
}

// sealed is the amount that marks a purchase as too late.
const sealed = 13

// ancient is the amount that marks a purchase as too old.
const ancient = 12

func (e toy) Review(p score.Profile, at event.Instant) (score.Profile, []score.Transition) {
	var transitions []score.Transition
	if p.Model != e.hash {
		p, transitions = e.adopt(p, at)
	}
	for {
		due, level := e.crossing(p)
		if due > at {
			break
		}
		p.AsOf, p.Due = due, score.Unscheduled
		state := score.Escalated
		if p.Episode.Level == churn.None {
			state = score.Raised
		}
		transitions = append(transitions, e.alert(&p, level, state, ""))
		// As if something had been forecast of every silence.
		o := score.Outcome{AsOf: due, Model: e.hash, Group: score.Group(p.Sequence % 3), Risk: int64(level) * 250_000, Gone: state == score.Escalated}
		p.Outcomes = append(slices.Clip(p.Outcomes), o)
	}
	p.AsOf = max(p.AsOf, at)
	return p, transitions
}

// adopt takes p over at the instant from which e is in force.
func (e toy) adopt(p score.Profile, at event.Instant) (score.Profile, []score.Transition) {
	from := max(p.AsOf, min(e.effective, at))
	var transitions []score.Transition
	if e.before != nil && e.before.hash == p.Model {
		p, transitions = e.before.Review(p, from)
	}
	p.AsOf, p.Model, p.Due = from, e.hash, score.Unscheduled
	return p, append(transitions, e.rank(&p, score.ByModel, "")...)
}

func (toy) Messages(_, _ *score.Profile, _ event.Event, _ map[string]int64) []*event.Link { return nil }

func (toy) Refers(event.Event, score.Verdict) *event.Link { return nil }

func (toy) Outgoing(_ *score.Profile, _ map[string]int64) []*event.Link { return nil }

func (e toy) Listing(*score.Profile) score.Listing { return score.Listing{} }

func (e toy) Schedule(p score.Profile) score.Profile {
	p.Due, _ = e.crossing(p)
	return p
}

// crossing returns the first instant at which silence alone raises the level.
func (e toy) crossing(p score.Profile) (event.Instant, score.Level) {
	s := readToy(p)
	if s.Last == 0 {
		return event.Never, 0
	}
	for _, silence := range silences {
		if silence.level > p.Episode.Level {
			return max(s.Last.Add(silence.after-time.Duration(e.strict-1)*day), p.AsOf), silence.level
		}
	}
	return event.Never, 0
}

func (toy) alert(p *score.Profile, level score.Level, state score.EpisodeState, by string) score.Transition {
	cause := score.ByTime
	if by != "" {
		cause = score.ByEvent
	}
	t := &score.ChurnAlert{Stamp: stamp(p, cause, by), State: state, LevelBefore: p.Episode.Level, Level: level}
	t.ID = identify(t)
	t.EpisodeID = p.Episode.ID
	switch state {
	case score.Raised:
		t.EpisodeID = t.ID
		p.Episode = score.Episode{Level: level, Since: p.AsOf, RaisedAt: p.AsOf, ID: t.ID, LastID: t.ID}
	case score.Resolved:
		p.Episode = score.Episode{}
	case score.Escalated, score.Eased, score.Updated, score.Retracted, score.UnknownState:
		p.Episode.Level, p.Episode.Since, p.Episode.LastID = level, p.AsOf, t.ID
	}
	return t
}

func stamp(p *score.Profile, cause score.Cause, by string) score.Stamp {
	p.Sequence++
	return score.Stamp{Customer: p.Customer, AsOf: p.AsOf, Cause: cause, CauseEventID: by, Sequence: p.Sequence}
}

// identify hashes a transition whose ids are still empty.
func identify(t score.Transition) string {
	b, err := json.Marshal(t)
	if err != nil {
		panic(err)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:16])
}

// Score returns the labels, and the whole state in the place of the model's version.
func (toy) Score(p score.Profile, at event.Instant) score.Score {
	return score.Score{
		Customer: p.Customer, AsOf: at, Tier: p.Standing.Tier, Level: p.Episode.Level, Model: p.Standing.LastID, Bought: true, Base: "EUR",
	}
}

// Shows is false: the Score changes with transitions alone.
func (toy) Shows(event.Event) bool { return false }

func (toy) Unrated(c event.Currency) string { return string(c) }

func (e toy) Hash() string { return e.hash }

func (e toy) EffectiveAt() event.Instant { return e.effective }

// storedToy is the encoding of a toy profile.
type storedToy struct {
	Customer, Model       string
	AsOf, LastChange, Due event.Instant
	Sequence              int64
	Standing              score.Standing
	Episode               score.Episode
	Muted                 bool
}

func encodeToy(p score.Profile) []byte {
	b, err := json.Marshal(storedToy{p.Customer, p.Model, p.AsOf, p.LastChange, p.Due, p.Sequence, p.Standing, p.Episode, p.Muted})
	if err != nil {
		panic(err)
	}
	return b
}

func decodeToy(b []byte) (score.Profile, error) {
	var s storedToy
	err := json.Unmarshal(b, &s)
	return score.Profile{
		Customer: s.Customer, Model: s.Model, AsOf: s.AsOf, LastChange: s.LastChange, Due: s.Due, Sequence: s.Sequence,
		Standing: s.Standing, Episode: s.Episode, Muted: s.Muted,
	}, err
}

// plain is the codec of the tests: JSON in, text out.
type plain struct{}

type message struct {
	ID, Customer string
	Occurred     event.Instant
	Amount       int64
	Currency     event.Currency
	// Erase makes an interaction an ERASED.
	Erase bool
	// Bad makes a message that does not decode: "marker", "panic", or any other text.
	Bad string
	// Marked is a word on whether the customer is a test account; Refused says that the customer wants to hear nothing more.
	Marked  string `json:",omitempty"`
	Refused bool   `json:",omitempty"`
	// Channel is that of the interaction. Consent makes it a CONSENT_CHANGED of this word, Owner an ATTRIBUTES that names the customer's owner.
	Channel string `json:",omitempty"`
	Consent string `json:",omitempty"`
	Owner   string `json:",omitempty"`
	// Into makes an interaction a MERGED_INTO.
	Into string `json:",omitempty"`
	// Referrer is whom an order names as who had recommended us. Buyer makes an interaction a REFERRAL_MADE.
	Referrer string `json:",omitempty"`
	Buyer    string `json:",omitempty"`
	// Link is what one id tells another.
	Link *event.Link `json:",omitempty"`
}

func (plain) Decode(r stream.Record) (event.Event, error) {
	var m message
	if err := json.Unmarshal(r.Value, &m); err != nil {
		return nil, event.Invalidf(event.Malformed, "%v", err)
	}
	switch m.Bad {
	case "":
	case "marker":
		return nil, nil
	case "panic":
		panic("a pill")
	default:
		return nil, event.Invalidf(event.BadField, "%s", m.Bad)
	}
	head := event.Head{ID: m.ID, Customer: m.Customer, OccurredAt: m.Occurred, RecordedAt: r.Time}
	switch r.Topic {
	case event.Purchases:
		amount := event.Money{Minor: m.Amount, Currency: m.Currency}
		return &event.Purchase{Head: head, Kind: event.Order, OrderID: m.ID, Amount: amount, Referrer: m.Referrer}, nil
	case event.Interactions:
		switch {
		case m.Erase:
			return &event.Interaction{Head: head, Kind: event.Erased}, nil
		case m.Into != "":
			return &event.Interaction{Head: head, Kind: event.MergedInto, OtherCustomer: m.Into}, nil
		case m.Buyer != "":
			return &event.Interaction{Head: head, Kind: event.ReferralMade, Name: m.Buyer}, nil
		case m.Refused:
			return &event.Interaction{Head: head, Kind: event.Unsubscribe}, nil
		case m.Consent != "":
			return &event.Interaction{Head: head, Kind: event.ConsentChanged, Channel: m.Channel, Name: m.Consent}, nil
		case m.Owner != "":
			return &event.Interaction{Head: head, Kind: event.Attributes, Attributes: map[string]string{"owner": m.Owner}}, nil
		case m.Marked != "":
			return &event.Interaction{Head: head, Kind: event.Attributes, Attributes: map[string]string{"test_account": m.Marked}}, nil
		}
		return &event.Interaction{Head: head, Kind: event.Login, Channel: m.Channel}, nil
	case event.Feedbacks:
		return &event.Feedback{Head: head, Kind: event.Complaint}, nil
	case event.Links:
		m.Link.RecordedAt = r.Time
		return m.Link, nil
	}
	return nil, errors.New("no such topic")
}

func (plain) Encode(t score.Transition) (shard.Output, error) {
	topic := schemas.TierChanges
	value := fmt.Appendf(nil, "%+v", t)
	switch t := t.(type) {
	case *score.TierChanged:
		if t.SinceTaken != nil { // %+v prints where a pointer points to at the top alone
			inner := *t
			inner.SinceTaken = nil
			value = fmt.Appendf(nil, "%+v since taken %+v", &inner, t.SinceTaken)
		}
	case *score.ChurnAlert:
		topic = schemas.ChurnAlerts
	case *score.TierWillChange:
		topic = schemas.TierNotices
	case *score.WonBack:
		topic = schemas.WinBacks
	}
	stamp := t.Common()
	return shard.Output{
		ID: stamp.ID, Topic: topic, Key: []byte(stamp.Customer), Value: value,
		Headers: []stream.Header{{Key: "sequence", Value: fmt.Append(nil, stamp.Sequence)}, {Key: "cause", Value: []byte(stamp.Cause.String())}},
	}, nil
}

func (plain) EncodeScore(s *score.Score) (shard.Output, error) {
	value, err := json.Marshal(struct {
		Customer string
		Base     event.Currency
		Fields   []score.NamedValue
	}{s.Customer, s.Base, s.Fields()})
	sum := sha256.Sum256(value)
	return shard.Output{ID: hex.EncodeToString(sum[:16]), Topic: scores, Key: []byte(s.Customer), Value: value}, err
}

func (plain) EncodeErasure(customer string, at event.Instant) (shard.Output, error) {
	value := fmt.Appendf(nil, "%s erased at %d", customer, at)
	sum := sha256.Sum256(value)
	return shard.Output{ID: hex.EncodeToString(sum[:16]), Topic: schemas.Erasures, Key: []byte(customer), Value: value}, nil
}

func (plain) EncodeLink(l *event.Link) (shard.Output, error) {
	sent := *l
	sent.RecordedAt = 0
	value, err := json.Marshal(message{ID: l.ID, Customer: l.Customer, Link: &sent})
	sum := sha256.Sum256(value)
	return shard.Output{ID: hex.EncodeToString(sum[:16]), Topic: schemas.Links, Key: []byte(l.Customer), Value: value}, err
}

// scores is the topic of the public scores.
const scores = schemas.Scores

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
