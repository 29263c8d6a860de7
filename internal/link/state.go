package link

import (
	"cmp"
	"slices"

	"tidemark/internal/event"
)

// Self names the id whose state a method reads or changes.
type Self struct {
	ID string
	// Hash is a keyed hash of an id. By it a state recognises ids that it must not name. It never changes while states are kept.
	Hash func(id string) uint64
}

// State is what an id knows of links: its own words, and the parts that others have sent to it. The zero State is an id without links. No
// method changes a State: each returns a new one, which may share memory with the old one.
type State struct {
	// Erased is the instant of the id's last erasure, its tombstone; 0 for an id that was never erased.
	Erased event.Instant

	words   []Word   // the own words, by Stamp
	senders []sender // who has sent parts, by id
	gone    []gone   // erased ids that once sent parts, and that the state must not name any more, by hash
}

// sender is what the state holds of one id that is linked to it, or was.
type sender struct {
	id        string
	word      Stamp         // the newest word that the sender has sent: all parts came under it
	linked    event.Instant // the instant of the newest word by which the sender was linked to this id
	parts     []part        // by origin; none once the sender is linked elsewhere
	withdrawn []withdrawn
}

// part is one part of a sender.
type part struct {
	origin  string
	path    []string // the ids that the part has passed, from the origin to the sender
	marks   Marks
	content []byte // nil for a part that has passed this id before: nobody reads it
}

// withdrawn says that a sender no longer sends an origin. It keeps an older part from coming back. It names the origin by its hash, because
// the origin may be erased without word to this id.
type withdrawn struct {
	origin uint64
	marks  Marks
}

// gone is the tombstone of another id, which sent parts until it was erased, or was linked elsewhere before it was. It keeps out old parts.
type gone struct {
	id uint64
	at event.Instant
}

// Swallows reports whether the tombstone swallows what happened at an instant.
func (s State) Swallows(at event.Instant) bool { return s.Erased != 0 && at <= s.Erased }

// Parts returns the parts that the state holds, by sender and origin. A part whose path contains the id itself has no content.
func (s State) Parts() []Part {
	var all []Part
	for _, from := range s.senders {
		for _, p := range from.parts {
			all = append(all, Part{Sender: from.id, Origin: p.origin, Word: from.word, Marks: p.marks, Path: p.path, Content: p.content})
		}
	}
	return all
}

func (s State) find(id string) (int, bool) {
	return slices.BinarySearchFunc(s.senders, id, func(have sender, want string) int { return cmp.Compare(have.id, want) })
}

func (s State) findGone(hash uint64) (int, bool) {
	return slices.BinarySearchFunc(s.gone, hash, func(have gone, want uint64) int { return cmp.Compare(have.id, want) })
}

func (from sender) find(origin string) (int, bool) {
	return slices.BinarySearchFunc(from.parts, origin, func(have part, want string) int { return cmp.Compare(have.origin, want) })
}

func (from sender) findWithdrawn(hash uint64) (int, bool) {
	return slices.BinarySearchFunc(from.withdrawn, hash, func(have withdrawn, want uint64) int { return cmp.Compare(have.origin, want) })
}

// put returns all with x at position n: in place of what is there if found, before it if not.
func put[T any](all []T, n int, found bool, x T) []T {
	all = slices.Clone(all)
	if found {
		all[n] = x
		return all
	}
	return slices.Insert(all, n, x)
}

// drop returns all without position n.
func drop[T any](all []T, n int) []T { return slices.Delete(slices.Clone(all), n, n+1) }
