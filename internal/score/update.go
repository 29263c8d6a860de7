package score

import (
	"encoding/binary"
	"encoding/hex"

	"tidemark/internal/event"
	"tidemark/internal/history"
	"tidemark/internal/score/churn"
)

// Update is the memory of the news in an open episode, or in an open window for a second order. News is another likely cause, or another
// number of open complaints, and comes with an event: a complaint, its resolution, an answer, a contact with the support. An UPDATED
// tells the news at once, but a customer has at most one UPDATED a calendar day. What comes later that day is told at the start of the
// next day, unless another alert of the episode says it before.
//
//	complaint        complaint   resolved               midnight
//	────┴────────────────┴───────────┴──────────────────────┴────> time
//	 UPDATED                                             UPDATED (cause TIME)
//
// Time alone is no news: the weight of a complaint fades every day.
type Update struct {
	// At is the instant of the customer's newest UPDATED; zero where there was none. ID is its id, empty after a later alert.
	At event.Instant
	ID string
	// Due is the instant at which news is told; zero where none waits.
	Due event.Instant
}

// open reports whether an episode, or a window for a second order, is open.
func (p *Profile) open() bool { return p.Episode.Level > churn.None || p.Second.Open }

// mayBeNews reports whether an event may change what an alert of p says of the cause.
func (e *Engine) mayBeNews(p *Profile, x event.Event) bool {
	if !p.open() {
		return false
	}
	switch x := x.(type) {
	case *event.Feedback, *event.Link: // of a part nobody knows what is new in it
		return true
	case *event.Interaction:
		return x.Kind == event.SupportContact
	case *event.Purchase:
	}
	return false
}

// hear returns the memory of p's news after an occasion. The news of an event that is stamped ahead waits for the event's own time.
func (e *Engine) hear(before, p *Profile, o occasion) Update {
	u := p.Update
	if !p.open() {
		u.Due = 0
		return u
	}
	if !o.news {
		return u
	}
	at := max(p.AsOf, o.event.OccurredAt)
	if e.situation(before.Whole(), at) == e.situation(p.Whole(), at) {
		return u
	}
	if today := e.calendar.Day(at); u.At != 0 && e.calendar.Day(u.At) == today {
		at = e.calendar.Start(today + 1)
	}
	u.Due = max(u.Due, at)
	return u
}

// situation is what news is about.
type situation struct {
	cause LikelyCause
	open  int
}

func (e *Engine) situation(h *history.Summary, at event.Instant) situation {
	cause, _ := e.likelyCause(*h, at)
	facts := e.Facts(h, at)
	return situation{cause, facts.OpenComplaints}
}

// tells reports whether news is due at an instant.
func (u Update) tells(at event.Instant) bool { return u.Due != 0 && u.Due <= at }

// last returns the instant and the id of an episode's newest alert, given those of its newest alert that was no UPDATED. The id is empty
// where there was none.
func (u Update) last(at event.Instant, id string) (event.Instant, string) {
	if id == "" || u.ID == "" {
		return at, id
	}
	return u.At, u.ID
}

// after returns the memory after an alert. Every alert says what there is to say of the cause. Only the news of an event that is stamped
// ahead may still have to come.
func (u Update) after(t *ChurnAlert) Update {
	over := t.State == Resolved || t.State == Retracted
	if over || u.Due <= t.AsOf || u.Due.Sub(t.AsOf) > event.Tolerance {
		u.Due = 0
	}
	u.ID = ""
	if t.State == Updated {
		u.At, u.ID = t.AsOf, t.ID
	}
	return u
}

// updated tells the news of an open episode, or of an open window.
func (e *Engine) updated(c *change) *ChurnAlert {
	if s := c.before.Second; s.Open {
		t := e.alert(c, s.RaisedAt, s.ID)
		t.State, t.EpisodeID = Updated, s.ID
		e.askForSecond(t, c)
		return t
	}
	ep := c.before.Episode
	t := e.alert(c, ep.Since, ep.LastID)
	t.Kind, t.EpisodeID, t.State, t.Action = Churn, ep.ID, Updated, e.model.Actions[c.level]
	t.WayBack = *e.wayBack(*c.p, c.v)
	return t
}

// The bits of what an Update holds.
const (
	updateTold = 1 << iota
	updateDue
	updateEnd // all combinations of the bits lie below
)

func (u Update) append(b []byte, asOf event.Instant) []byte {
	if u == (Update{}) {
		return b
	}
	var holds int64
	if u.At != 0 {
		holds |= updateTold
	}
	if u.Due != 0 {
		holds |= updateDue
	}
	b = binary.AppendVarint(b, holds)
	if u.At != 0 {
		b = binary.AppendVarint(b, int64(asOf-u.At))
	}
	if u.Due != 0 {
		b = binary.AppendVarint(b, int64(u.Due-asOf))
	}
	return appendHex(b, u.ID)
}

func readUpdate(f *fields, asOf event.Instant) (u Update) {
	holds := f.label(updateEnd)
	if holds&updateTold != 0 {
		u.At = asOf - event.Instant(f.varint())
	}
	if holds&updateDue != 0 {
		u.Due = asOf + event.Instant(f.varint())
	}
	u.ID, f.b = hex.EncodeToString(f.b), nil
	return u
}
