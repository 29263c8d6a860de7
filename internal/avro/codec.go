// Package avro turns messages into events, and events, transitions, scores, erasures and links into messages. A message is one Avro record in
// Confluent framing. A reader takes the records of any version of a schema, from any writer.
//
//	message ── unframe ──> schema id, record ── reader of that schema ──> event ── Validate ──> event
//	event, transition, score, erasure, link ── wire ──> record ── frame, headers ──> message
//	                                                └── scanner ──> JSON, for files
package avro

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"tidemark/internal/event"
	"tidemark/schemas"
)

// DefaultMaxBytes is the longest message that a Codec decodes by default: 1 MiB. An order of a business to business shop has thousands
// of items. TestHostileMessagesTakeBoundedMemory says how much memory such a message can take.
const DefaultMaxBytes = 1 << 20

// Options are the settings of a Codec. The zero value serves.
type Options struct {
	// MaxBytes is the longest value of an input that is decoded, in bytes. Zero is DefaultMaxBytes. Links have MaxLinkBytes.
	MaxBytes int
	// Source is the ce_source of messages. Empty is "tidemark".
	Source string
	// Registry gives the schemas of other writers. It may be nil: then only the fixed ids are known.
	Registry *Registry
	// IDs are the schema ids that messages carry, by topic, as Registry.Register returns them. A topic that is absent takes its
	// fixed id.
	IDs map[string]uint32
}

// Codec decodes events, and encodes events, transitions, scores, erasures and links. It is safe for concurrent use.
type Codec struct {
	max      int
	registry *Registry
	// These header values are the same in all messages. Nobody changes them.
	specVersion, source, contentType []byte
	ids                              map[string]uint32
	// fixed holds the readers of the embedded schemas by fixed id.
	fixed map[uint32]reader
}

// New returns a codec. A negative size limit is an error.
func New(o Options) (*Codec, error) {
	if o.MaxBytes < 0 {
		return nil, fmt.Errorf("message size limit %d is negative", o.MaxBytes)
	}
	c := &Codec{
		max: cmp.Or(o.MaxBytes, DefaultMaxBytes), registry: o.Registry,
		specVersion: []byte("1.0"), source: []byte(cmp.Or(o.Source, "tidemark")), contentType: []byte("application/avro"),
		ids: map[string]uint32{}, fixed: map[uint32]reader{},
	}
	for _, s := range schemas.Versions() { // the last of a topic is written, all are read
		c.ids[s.Topic] = s.ID
		if !slices.Contains(readable(), event.Topic(s.Topic)) {
			continue
		}
		r, err := newReader(s.Text)
		if err != nil {
			return nil, fmt.Errorf("schema of %s: %w", s.Topic, err)
		}
		c.fixed[s.ID] = r
	}
	maps.Copy(c.ids, o.IDs)
	return c, nil
}
