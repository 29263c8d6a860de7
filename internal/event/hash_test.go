package event_test

import (
	"testing"

	"tidemark/internal/event"
)

// The hash is stored: these are its values for ever.
func TestHashNeverChanges(t *testing.T) {
	for id, want := range map[string]uint64{
		"": 0xecba3df2c3383c52, "c": 0xd8a23470d89983fc, "00001": 0x64f055bdb9dd6cdb, "customer-4711": 0x717d1819000a110, "πελάτης": 0x9b141379dc7db6a7,
	} {
		if got := event.Hash(id); got != want {
			t.Errorf("Hash(%q) = %#x, want %#x", id, got, want)
		}
	}
}
