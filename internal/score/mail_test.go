package score_test

import (
	"slices"

	"pgregory.net/rapid"

	"tidemark/internal/event"
	"tidemark/internal/score"
)

// mail is messages on their way: those of one id to one other arrive in the order in which they were sent.
type mail struct {
	*circle
	waiting map[[2]string][]*event.Link
	unread  map[string][]event.Event
	arrived []*event.Link
}

func (m *mail) post(from string, messages []*event.Link) {
	for _, x := range messages {
		way := [2]string{from, x.Customer}
		m.waiting[way] = append(m.waiting[way], x)
	}
}

func (m *mail) read(x event.Event) {
	messages, _ := m.one(x)
	m.post(x.Common().Customer, messages)
}

// ways are the ways on which messages wait that may be read now, sorted.
func (m *mail) ways() [][2]string {
	var all [][2]string
	for way, queue := range m.waiting {
		if len(queue) > 0 && m.ready(queue[0]) {
			all = append(all, way)
		}
	}
	slices.SortFunc(all, func(a, b [2]string) int { return slices.Compare(a[:], b[:]) })
	return all
}

// ready reports whether a home may read a message: one that tells of an erasure waits for the words that were recorded before the erasure.
func (m *mail) ready(x *event.Link) bool {
	return x.Erasure == nil || !slices.ContainsFunc(m.unread[x.Customer], func(own event.Event) bool {
		i, ok := own.(*event.Interaction)
		return ok && i.Kind == event.MergedInto && i.RecordedAt <= x.Erasure.At
	})
}

func (m *mail) deliver(way [2]string) {
	x := m.waiting[way][0]
	m.waiting[way] = m.waiting[way][1:]
	m.arrived = append(m.arrived, x)
	m.read(x)
}

// deliverAll delivers all messages: of each way one, then of each way one more.
func (m *mail) deliverAll() {
	for n := 0; ; n++ {
		ways := m.ways()
		if len(ways) == 0 {
			return
		}
		if n > 1000 {
			m.t.Fatal("the messages do not end")
		}
		for _, way := range ways {
			m.deliver(way)
		}
	}
}

// scatter applies a log in an order of arrival of its own: each customer's events in canonical order, messages and repetitions in between.
// What comes after an erasure waits until everybody has heard of the erasure; package link says why.
func scatter(t *rapid.T, e *score.Engine, log []event.Event) *circle {
	m := &mail{circle: newCircle(t, e), waiting: map[[2]string][]*event.Link{}, unread: map[string][]event.Event{}}
	for len(log) > 0 {
		end := slices.IndexFunc(log, func(x event.Event) bool { _, ok := event.ErasedAt(x); return ok }) + 1
		if end == 0 {
			end = len(log)
		}
		m.scatter(t, log[:end])
		m.deliverAll()
		log = log[end:]
	}
	return m.circle
}

func (m *mail) scatter(t *rapid.T, log []event.Event) {
	for _, x := range log {
		m.unread[x.Common().Customer] = append(m.unread[x.Common().Customer], x)
	}
	var seen []event.Event
	for read := 0; read < len(log); {
		ways := m.ways()
		switch step := rapid.IntRange(0, 9).Draw(t, "step"); {
		case step == 0 && len(seen) > 0:
			m.read(rapid.SampledFrom(seen).Draw(t, "again"))
		case step == 1 && len(m.arrived) > 0:
			m.read(rapid.SampledFrom(m.arrived).Draw(t, "message again"))
		case step < 6 && len(ways) > 0:
			m.deliver(rapid.SampledFrom(ways).Draw(t, "way"))
		default:
			var next []string
			for _, id := range circleIDs {
				if len(m.unread[id]) > 0 {
					next = append(next, id)
				}
			}
			id := rapid.SampledFrom(next).Draw(t, "next")
			x := m.unread[id][0]
			m.unread[id] = m.unread[id][1:]
			m.read(x)
			read++
			if i, ok := x.(*event.Interaction); !ok || i.Kind == event.MergedInto || i.Kind == event.Erased { // a history knows a visit again for a week only
				seen = append(seen, x)
			}
		}
	}
}
