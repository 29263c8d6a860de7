package link_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tidemark/internal/event"
	"tidemark/internal/link"
)

// life draws what happens to a network.
type life struct {
	t      *rapid.T
	net    *network
	events int
	// quiet is the instant since which words may be backdated: the last erasure.
	quiet event.Instant
	// resent counts the messages that were sent once more.
	resent int
	// prompt says that a home publishes what it commits at once.
	prompt bool
	// mix is what happens, by how often it is named.
	mix []string
	// hasty says that an erasure need not wait until the one before has reached everybody.
	hasty bool
}

// everything is the mix of what may happen to a network, failures that of a network whose homes fail often.
var (
	everything = strings.Fields("word word fact noise erase again apply apply apply apply publish publish publish fail resend")
	failures   = strings.Fields("word word apply apply apply apply apply publish fail")
)

// TestEveryNetworkComesToRest: words, facts and erasures over up to six ids, in any order of arrival, with repetitions and failovers. Once
// all logs are read, every id holds what the words say, and nothing else.
func TestEveryNetworkComesToRest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := life{t: t, net: newNetwork(rapid.IntRange(2, 6).Draw(t, "ids")), mix: everything}
		l.run(rapid.IntRange(1, 60).Draw(t, "steps"))
		l.rest()
		s := specify(l.net)
		if wrong := s.check(l.net); wrong != "" {
			t.Fatal(wrong)
		}
		l.erasedAreGone(s)
	})
}

// TestFailovers: three homes that fail often, whose messages are published at once.
func TestFailovers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := life{t: t, net: newNetwork(3), mix: failures, prompt: true}
		l.run(rapid.IntRange(10, 100).Draw(t, "steps"))
		l.rest()
		if wrong := specify(l.net).check(l.net); wrong != "" {
			t.Fatal(wrong)
		}
	})
}

// TestErasuresThatOvertake: where an erasure begins before an earlier one has reached everybody, it may find links that the earlier one was to
// cut, or miss links that were changed in between. The erased ids are erased all the same, and the network comes to rest by what each id knows
// of itself.
func TestErasuresThatOvertake(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := life{t: t, net: newNetwork(rapid.IntRange(2, 6).Draw(t, "ids")), mix: everything, hasty: true}
		l.run(rapid.IntRange(1, 60).Draw(t, "steps"))
		l.rest()
		s := asErased(l.net)
		for _, id := range l.net.ids {
			for _, r := range l.net.homes[id].logs[words] {
				if r.erased && s.erased[id] < r.at {
					t.Fatalf("%s erased at %d, want %d or later", id, s.erased[id], r.at)
				}
			}
		}
		if wrong := s.check(l.net); wrong != "" {
			t.Fatal(wrong)
		}
		l.erasedAreGone(s)
	})
}

// rest runs the network until it is at rest. What causes messages is an event of an id, or something that happens again: a message that is
// resent, a record that a home applies once more after a failover. Each cause makes at most two messages per pair of ids.
func (l *life) rest() {
	if !l.net.drain(1000) {
		l.t.Fatalf("no rest after %d messages", l.net.sent)
	}
	causes := l.resent
	for _, h := range l.net.homes {
		causes += h.applied - int(h.read[links])
	}
	if n := len(l.net.ids); l.net.sent > 2*causes*n*n {
		l.t.Fatalf("%d messages of %d causes among %d ids", l.net.sent, causes, n)
	}
}

func (l *life) run(steps int) {
	for range steps {
		h := l.net.homes[rapid.SampledFrom(l.net.ids).Draw(l.t, "id")]
		switch rapid.SampledFrom(l.mix).Draw(l.t, "what") {
		case "word":
			l.word(h)
		case "fact":
			l.events++
			l.net.write(h.me.ID, facts, record{fact: l.events, stated: l.net.clock + 1})
		case "noise":
			l.net.write(h.me.ID, rapid.SampledFrom([]partition{words, facts, links}).Draw(l.t, "log"), record{})
		case "erase":
			l.erase(h)
		case "again":
			l.again(h)
		case "apply":
			if p := rapid.SampledFrom([]partition{words, facts, links}).Draw(l.t, "log"); h.ready(p) {
				h.apply(p, rapid.IntRange(1, 3).Draw(l.t, "most"))
				for l.prompt && l.net.publish(h) {
				}
			}
		case "publish":
			l.net.publish(h)
		case "fail":
			h.fail(len(h.commits) - rapid.IntRange(1, 10).Draw(l.t, "commits"))
		case "resend":
			if h.published > 0 {
				l.resent++
				l.net.deliver(h.outbox[rapid.IntRange(0, h.published-1).Draw(l.t, "message")])
			}
		}
	}
}

// word links an id to another, or to itself. The word may be backdated, but not to before an erasure.
func (l *life) word(h *home) {
	l.events++
	at := event.Instant(rapid.Int64Range(int64(l.quiet)+1, int64(l.net.clock)+1).Draw(l.t, "at"))
	id := fmt.Sprintf("e%d-%d", rapid.IntRange(0, 9).Draw(l.t, "event"), l.events)
	w := link.Word{Stamp: link.Stamp{At: at, Event: id}, Target: rapid.SampledFrom(l.net.ids).Draw(l.t, "target")}
	l.net.write(h.me.ID, words, record{word: w})
}

// erase erases an id. A second erasure waits until the first has reached everybody.
func (l *life) erase(h *home) {
	if l.quiet != 0 && !l.hasty {
		l.rest()
	}
	l.net.write(h.me.ID, words, record{erased: true})
	l.quiet = l.net.clock
}

// again repeats an event of an id.
func (l *life) again(h *home) {
	p := rapid.SampledFrom([]partition{words, facts}).Draw(l.t, "log")
	if all := h.logs[p]; len(all) > 0 {
		if r := rapid.SampledFrom(all).Draw(l.t, "event"); !r.erased {
			l.net.write(h.me.ID, p, r)
		}
	}
}

// erasedAreGone: no state holds a fact from before the erasure of its id. No state names an erased id of whom nothing was said since.
func (l *life) erasedAreGone(s spec) {
	for _, id := range s.ids {
		if s.erased[id] == 0 {
			continue
		}
		named := len(s.words[id]) > 0
		for _, others := range s.words {
			named = named || slices.ContainsFunc(others, func(w link.Word) bool { return w.Target == id && w.At > s.erased[id] })
		}
		for _, h := range l.net.homes {
			b := h.state.Append(nil)
			if !named && bytes.Contains(b, []byte(id)) {
				l.t.Fatalf("the state of %s names %s, who was erased at %d: %q", h.me.ID, id, s.erased[id], b)
			}
			for _, r := range l.net.homes[id].logs[facts] {
				if r.fact != 0 && r.stated <= s.erased[id] && bytes.Contains(b, content(id, map[int]event.Instant{r.fact: 1})) {
					l.t.Fatalf("the state of %s holds fact %d of %s, who was erased at %d", h.me.ID, r.fact, id, s.erased[id])
				}
			}
		}
	}
}
