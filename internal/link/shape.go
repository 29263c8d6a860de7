package link

import (
	"bytes"
	"unsafe" // for sizes only
)

// Bare reports whether nothing is known but, perhaps, the tombstone.
func (s State) Bare() bool { return s.has()&^hasErased == 0 }

// Equal reports whether two states say the same.
func (s State) Equal(o State) bool {
	return s.Erased == o.Erased && bytes.Equal(s.Append(nil), o.Append(nil))
}

// The bytes of a mark: its key and value in a map that is three quarters full. The names of partitions are left out: states share them.
const markBytes = (int(unsafe.Sizeof("")) + 8) * 4 / 3

// Footprint estimates the bytes of heap that s keeps alive beside itself.
func (s State) Footprint() int {
	n := cap(s.words)*int(unsafe.Sizeof(Word{})) + cap(s.senders)*int(unsafe.Sizeof(sender{})) + cap(s.gone)*int(unsafe.Sizeof(gone{}))
	for _, w := range s.words {
		n += len(w.Event) + len(w.Target)
	}
	for _, from := range s.senders {
		n += len(from.id) + len(from.word.Event) + cap(from.parts)*int(unsafe.Sizeof(part{})) + cap(from.withdrawn)*int(unsafe.Sizeof(withdrawn{}))
		for _, p := range from.parts {
			n += len(p.origin) + len(p.content) + len(p.marks)*markBytes
			for _, id := range p.path {
				n += int(unsafe.Sizeof(id)) + len(id)
			}
		}
		for _, w := range from.withdrawn {
			n += len(w.marks) * markBytes
		}
	}
	return n
}
