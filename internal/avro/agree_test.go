package avro

import (
	"bytes"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"tidemark/internal/event"
)

// pair is a reader and its twin.
type pair struct {
	twin
	reader
}

func newPair(t testing.TB, text string) pair {
	t.Helper()
	r, err := newReader(text)
	if err != nil {
		t.Fatalf("new reader of %s: %v", text, err)
	}
	return pair{newTwin(t, text), r}
}

// differ decodes b both ways. It returns how that ended, the empty reason for an event, and what differs.
func (p pair) differ(b []byte) (outcome event.Reason, differs string) {
	want, wantErr := p.twin.read(b)
	mine := bytes.Clone(b)
	got, err := p.reader.read(mine)
	if err != nil || wantErr != nil {
		if reason(err) != reason(wantErr) {
			return "", fmt.Sprintf("got %v, want %v", err, wantErr)
		}
		return reason(err), ""
	}
	for i := range mine {
		mine[i] = '#' // it is the caller's again
	}
	if got, want := fmt.Sprintf("%#v", got), fmt.Sprintf("%#v", want); got != want { // which takes NaN for itself
		return "", fmt.Sprintf("got  %s\nwant %s", got, want)
	}
	return "", ""
}

func reason(err error) event.Reason {
	if err == nil {
		return ""
	}
	return event.ReasonOf(err)
}

// A reader gives the event that goavro's record holds, or refuses it for the same reason, whoever wrote the message.
func TestReadersAgreeWithGoavro(t *testing.T) {
	outcomes := map[event.Reason]int{}
	rapid.Check(t, func(rt *rapid.T) {
		text := drawWriter(rt)
		p := newPair(t, text)
		for range 4 {
			b := drawValue(rt, nil, p.writer)
			for _, b := range [][]byte{b, drawDamage(rt, b)} {
				outcome, differs := p.differ(b)
				if differs != "" {
					rt.Fatalf("%s\n% x\n%s", text, b, differs)
				}
				outcomes[outcome]++
			}
		}
	})
	for _, outcome := range []event.Reason{"", event.BadField, event.TrailingBytes, event.Malformed} {
		if outcomes[outcome] == 0 {
			t.Errorf("of all messages none ended as %q: %v", outcome, outcomes)
		}
	}
	t.Log(outcomes)
}

// FuzzDecodeAgainstGoavro is TestReadersAgreeWithGoavro for bytes that nobody would write.
func FuzzDecodeAgainstGoavro(f *testing.F) {
	texts := evolved()
	for seed := range 20 {
		texts = append(texts, rapid.Custom(drawWriter).Example(seed))
	}
	var pairs []pair
	for i, text := range texts {
		p := newPair(f, text)
		pairs = append(pairs, p)
		values := rapid.Custom(func(t *rapid.T) []byte { return drawValue(t, nil, p.writer) })
		for seed := range 3 {
			f.Add(uint8(i), values.Example(seed))
		}
	}
	f.Fuzz(func(t *testing.T, writer uint8, b []byte) {
		p := pairs[int(writer)%len(pairs)]
		if _, differs := p.differ(b); differs != "" {
			t.Errorf("%s\n% x\n%s", texts[int(writer)%len(pairs)], b, differs)
		}
	})
}
