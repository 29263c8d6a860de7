package shard

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"time"

	"tidemark/internal/event"
)

// Reading is what the lane of a partition index tells the other lanes: how far it has read its partitions, and what it has seen there. It
// is told once a checkpoint, and read by lanes whose customers' events may lie in these partitions too. All instants are in ms since 1970,
// by the clock of the lane; the zero Reading says that nobody has told anything.
type Reading struct {
	// At is when this was told.
	At event.Instant `json:"at"`
	// Partitions is the number of partitions of each topic that the lane knows of. By it, shard mod Partitions is the lane's own.
	Partitions int `json:"partitions"`
	// Until is the lane's watermark: every event written to its partitions before is committed. 0 says that it is not known: the lane takes
	// over, or reads a backlog.
	Until event.Instant `json:"until,omitempty"`
	// Whole says that the lane has read its partitions to the end at least once since the shards began: Fed names all shards that it has
	// met so far.
	Whole bool `json:"whole,omitempty"`
	// Links says that the lane has sent histories of merged ids since the shards began.
	Links bool `json:"links,omitempty"`
	// Fed are the shards of other lanes whose events have come in this lane's partitions. Strays is when the newest of these events was
	// applied.
	Fed    Set           `json:"fed"`
	Strays event.Instant `json:"strays,omitempty"`
	// Heard says of each topic when the lane's partition has grown last. A topic whose partition has never held a record is absent.
	Heard map[event.Topic]Heard `json:"heard,omitempty"`
	// QuietHoldMS is the setting --quiet-hold of the lane in ms, 0 for off.
	QuietHoldMS int64 `json:"quiet_hold_ms,omitempty"`
}

// Heard is when a partition has grown last: at most a moment after the record arrived. End is the end of its log then.
type Heard struct {
	At  event.Instant `json:"at"`
	End int64         `json:"end"`
}

// Feeds reports whether events of a shard's customers may lie in the partitions of the lane with this index, which told r, although the
// shard belongs to another lane of so many: because such events have come, or because the shard was the lane's own before partitions were
// added.
func (r Reading) Feeds(shard, index, partitions int) bool {
	if r.Partitions > 0 && r.Partitions != partitions && shard%r.Partitions == index {
		return true
	}
	return r.Fed.Has(shard)
}

// Encode returns r as JSON, which ParseReading reads.
func (r Reading) Encode() (string, error) {
	text, err := json.Marshal(r)
	return string(text), err
}

// ParseReading reads what Encode wrote, of this version or of another one.
func ParseReading(text string) (Reading, error) {
	var r Reading
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		return Reading{}, fmt.Errorf("reading of a lane: %w", err)
	}
	return r, nil
}

// QuietHold is the setting --quiet-hold of the lane.
func (r Reading) QuietHold() time.Duration { return time.Duration(r.QuietHoldMS) * time.Millisecond }

// Newest returns when each topic was heard last in any partition: a topic is quiet only if all its partitions are. A topic that no lane
// has heard is absent.
func Newest(readings map[int]Reading) map[event.Topic]event.Instant {
	newest := map[event.Topic]event.Instant{}
	for _, r := range readings {
		for topic, heard := range r.Heard {
			if at, ok := newest[topic]; !ok || heard.At > at {
				newest[topic] = heard.At
			}
		}
	}
	return newest
}

// Set is a set of shards. The zero Set is empty. Copies share what they hold until Add, which leaves the copies as they are.
type Set struct{ bits *big.Int }

// Has reports whether a shard is in the set.
func (s Set) Has(n int) bool { return s.bits != nil && s.bits.Bit(n) == 1 }

// Add returns the set with one shard more.
func (s Set) Add(n int) Set {
	before := s.bits
	if before == nil {
		before = new(big.Int)
	}
	return Set{new(big.Int).SetBit(before, n, 1)}
}

// Empty reports whether no shard is in the set.
func (s Set) Empty() bool { return s.bits == nil || s.bits.Sign() == 0 }

// MarshalText writes the set as a number in hex whose bits are the shards: four shards take one digit.
func (s Set) MarshalText() ([]byte, error) {
	if s.Empty() {
		return nil, nil
	}
	return []byte(s.bits.Text(16)), nil
}

var errSet = errors.New("a set of shards is a number in hex")

// UnmarshalText reads what MarshalText wrote.
func (s *Set) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*s = Set{}
		return nil
	}
	bits, ok := new(big.Int).SetString(string(text), 16)
	if !ok || bits.Sign() < 0 {
		return errSet
	}
	s.bits = bits
	return nil
}
