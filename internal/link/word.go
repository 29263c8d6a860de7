package link

import (
	"cmp"
	"slices"

	"tidemark/internal/event"
)

// maxWords is how many of its own words an id remembers. Whoever re-links an id more often loses the oldest words: an erasure of an instant
// before all remembered words then no longer finds whom the id was linked to.
const maxWords = 32

// Stamp orders the words of one id: by instant, then by the id of the event.
type Stamp struct {
	// At is the instant of the event (event.Event.At): when it occurred, but never later than its record time.
	At event.Instant
	// Event is the id of the event, which decides between words of one instant.
	Event string
}

// Compare is negative where s is older than o, and positive where it is newer.
func (s Stamp) Compare(o Stamp) int {
	return cmp.Or(cmp.Compare(s.At, o.At), cmp.Compare(s.Event, o.Event))
}

// Word is what one event says of an id: it is the same customer as Target. A word whose target is the id itself takes the link back.
type Word struct {
	Stamp
	Target string
}

// Say returns the state after a word of the id. A word that is not newer than the last, or not younger than the tombstone, changes nothing:
// it was never the id's link, and nobody has heard of it.
func (me Self) Say(s State, w Word) State {
	if last, said := s.last(); s.Swallows(w.At) || said && w.Compare(last.Stamp) <= 0 {
		return s
	}
	s.words = append(slices.Clone(s.words), w)
	if len(s.words) > maxWords {
		s.words = s.words[1:]
	}
	return s
}

// Target returns the id that this id is linked to, and whether it is linked at all.
func (me Self) Target(s State) (string, bool) {
	w, linked := me.link(s)
	return w.Target, linked
}

// link returns the word by which the id is linked, and whether it is linked at all: the last word decides.
func (me Self) link(s State) (Word, bool) {
	w, said := s.last()
	return w, said && w.Target != me.ID
}

// Words returns the words that the state remembers, by Stamp. A Target that was erased since is empty.
func (s State) Words() []Word { return slices.Clone(s.words) }

// last returns the newest word.
func (s State) last() (Word, bool) {
	if len(s.words) == 0 {
		return Word{}, false
	}
	return s.words[len(s.words)-1], true
}

// inForce returns the word that decided at an instant.
func (s State) inForce(at event.Instant) (Word, bool) {
	for _, w := range slices.Backward(s.words) {
		if w.At <= at {
			return w, true
		}
	}
	return Word{}, false
}
