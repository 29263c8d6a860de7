package score_test

import (
	"encoding/binary"
	"testing"

	"tidemark/internal/release"
	"tidemark/internal/score"
)

// unreleased are the sections that no release has written yet: those of reactions that the model of the newest folder does not know.
var unreleased = map[uint64]bool{18: true, 19: true, 20: true, 21: true, 22: true}

// TestEverySectionIsKept: the profiles that the newest release has written have every section between them. Whoever adds a section shows
// it in a folder of package release, so that the release after must read it.
func TestEverySectionIsKept(t *testing.T) {
	seen := map[uint64]bool{}
	for _, p := range release.Newest(t).Profiles(t) {
		b := []byte(p.Encoded)
		for rest := b[1 : len(b)-4]; len(rest) > 0; { // a version before the sections, a checksum after them
			tag, n := binary.Uvarint(rest)
			size, m := binary.Uvarint(rest[n:])
			seen[tag] = true
			rest = rest[n+m+int(size):]
		}
	}
	for tag := uint64(1); tag < score.TagsEnd; tag++ {
		if !seen[tag] && !unreleased[tag] {
			t.Errorf("no profile of the newest folder of package release has section %d: add events that need it", tag)
		}
	}
}
