package history_test

import (
	"encoding/binary"
	"testing"

	"tidemark/internal/history"
	"tidemark/internal/release"
)

// TestEveryPartIsKept: the histories that the newest release has written have every part between them. Whoever adds a part shows it in a
// folder of package release, so that the release after must read it.
func TestEveryPartIsKept(t *testing.T) {
	var seen uint64
	for _, p := range release.Newest(t).Profiles(t) {
		b := []byte(p.Encoded)[1:] // after the version of the profile comes its first section, the history
		if b[0] != 1 {
			t.Fatalf("the profile of %s begins with section %d, want 1, the history", p.Customer, b[0])
		}
		_, n := binary.Uvarint(b[1:])
		parts, _ := binary.Uvarint(b[1+n+1:]) // the format is a byte
		seen |= parts
	}
	const off = history.PartReferrals // until the shipped model counts pairs
	if want := uint64(history.PartsEnd-1) &^ off; seen != want {
		t.Errorf("parts of all histories: got %b, want %b: add events that need the others to the newest folder of package release", seen, want)
	}
}
