package link_test

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"tidemark/internal/event"
	"tidemark/internal/link"
)

// hash is keyed in the running scorer. Here any hash serves.
func hash(id string) uint64 { return event.Hash("key " + id) }

// record is one record of a log of a home: a word, an erasure, a fact of the history, or nothing that concerns the id.
type record struct {
	at      event.Instant // record time
	word    link.Word
	erased  bool
	fact    int // 0: none
	stated  event.Instant
	message *link.Message
}

// partition names one of the three logs of a home.
type partition string

const (
	words partition = "interactions" // words and erasures
	facts partition = "purchases"
	links partition = "links"
)

// home is an id in its own shard: what a commit keeps, and the commits so far.
//
//	logs ──> home: state, facts, cursors (marks), outbox ──> logs of other homes
type home struct {
	me   link.Self
	logs map[partition][]record
	kept
	commits []kept // the commits before
	applied int    // records applied in all, those that failovers lost included
}

// kept is what one commit of the home keeps. Nothing in it is changed in place.
type kept struct {
	state     link.State
	facts     map[int]event.Instant
	read      map[partition]int64
	outbox    []link.Message // all messages of this life
	published int
}

// network is all homes, and the clock of the record times.
type network struct {
	clock event.Instant
	ids   []string
	homes map[string]*home
	sent  int // messages published
}

func newNetwork(n int) *network {
	net := &network{homes: map[string]*home{}}
	for i := range n {
		id := fmt.Sprintf("id-%c", 'a'+i)
		net.ids = append(net.ids, id)
		net.homes[id] = &home{me: link.Self{ID: id, Hash: hash}, logs: map[partition][]record{}}
	}
	return net
}

func (n *network) tick() event.Instant { n.clock++; return n.clock }

// write appends a record to a log.
func (n *network) write(id string, p partition, r record) {
	r.at = n.tick()
	h := n.homes[id]
	h.logs[p] = append(h.logs[p], r)
}

func (h *home) head(p partition) (record, bool) {
	next := int(h.read[p])
	if next >= len(h.logs[p]) {
		return record{}, false
	}
	return h.logs[p][next], true
}

// ready reports whether the home may apply the next record of a log. It applies records in any order, but for two: no record passes an
// erasure that was recorded before it, and an erasure told by links waits for the words that were recorded before that erasure.
func (h *home) ready(p partition) bool {
	r, ok := h.head(p)
	if !ok || p == words {
		return ok
	}
	var told event.Instant
	if r.message != nil {
		if e, ok := r.message.Body.(link.Erasure); ok {
			told = e.At
		}
	}
	for _, w := range h.logs[words][h.read[words]:] {
		if w.erased && w.at < r.at || w.at <= told {
			return false
		}
	}
	return true
}

// apply applies up to so many records of a log in one commit, and writes to the outbox what the home has to send. Only facts share a commit.
func (h *home) apply(p partition, most int) {
	before := h.own()
	h.commits = append(h.commits, h.kept)
	h.read, h.outbox = maps.Clone(h.read), slices.Clip(h.outbox)
	if h.read == nil {
		h.read = map[partition]int64{}
	}
	for range most {
		if !h.ready(p) {
			break
		}
		r, _ := h.head(p)
		h.read[p]++
		h.applied++
		h.one(r)
		if p != facts {
			break
		}
	}
	h.outbox = append(h.outbox, h.me.Messages(before, h.own(), h.marks())...)
}

func (h *home) one(r record) {
	before := h.state
	b := before.Append(nil)
	defer func() {
		if !bytes.Equal(before.Append(nil), b) {
			panic("a method has changed the state that it was given")
		}
	}()
	erased := h.state.Erased
	var said []link.Message
	switch {
	case r.message != nil:
		h.state, said = h.me.Receive(h.state, *r.message)
	case r.erased:
		h.state, said = h.me.Erase(h.state, r.at)
	case r.word.Event != "":
		h.state = h.me.Say(h.state, r.word)
	case r.fact != 0 && !h.state.Swallows(r.stated):
		h.facts = maps.Clone(h.facts)
		if h.facts == nil {
			h.facts = map[int]event.Instant{}
		}
		h.facts[r.fact] = r.stated
	}
	if h.state.Erased != erased {
		h.facts = maps.Clone(h.facts)
		maps.DeleteFunc(h.facts, func(_ int, at event.Instant) bool { return h.state.Swallows(at) })
	}
	h.outbox = append(h.outbox, said...)
}

// content is the history as bytes: it names the id and its facts.
func content(id string, facts map[int]event.Instant) []byte {
	if len(facts) == 0 {
		return nil
	}
	var b strings.Builder
	for _, fact := range slices.Sorted(maps.Keys(facts)) {
		fmt.Fprintf(&b, "<%s %d>", id, fact)
	}
	return []byte(b.String())
}

func (h *home) own() link.Own { return link.Own{State: h.state, Content: content(h.me.ID, h.facts)} }

func (h *home) marks() link.Marks {
	marks := link.Marks{}
	for p, next := range h.read {
		marks[string(p)] = next
	}
	return marks
}

// publish moves the oldest waiting message of a home to the log of its receiver.
func (n *network) publish(h *home) bool {
	if h.published == len(h.outbox) {
		return false
	}
	n.deliver(h.outbox[h.published])
	h.published++
	return true
}

func (n *network) deliver(m link.Message) {
	n.sent++
	n.write(m.To, links, record{message: &m})
}

// fail takes a home back to what it was after so many commits: the later ones are lost. What it has published stays.
func (h *home) fail(commits int) {
	if commits >= 0 && commits < len(h.commits) {
		h.kept, h.commits = h.commits[commits], h.commits[:commits]
	}
}

// drain runs until no log and no outbox holds anything more. It reports whether that came within so many steps.
func (n *network) drain(most int) bool {
	for range most {
		idle := true
		for _, id := range n.ids {
			h := n.homes[id]
			for n.publish(h) {
				idle = false
			}
			for _, p := range []partition{words, facts, links} {
				if h.ready(p) {
					h.apply(p, 3)
					idle = false
				}
			}
		}
		if idle {
			return true
		}
	}
	return false
}
