// Package avro turns messages into events and transitions into messages: Avro in Confluent framing, whatever version of a
// schema wrote it, and whoever sent it.
package avro

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"tidemark/internal/event"
	"tidemark/schemas"
)

// DefaultMaxBytes is the longest message that is decoded where nothing else is said: 64 KB.
const DefaultMaxBytes = 64 << 10

// Options are the settings of a Codec. The zero value serves.
type Options struct {
	// MaxBytes is the longest value that is decoded; DefaultMaxBytes where zero.
	MaxBytes int
	// Source is the ce_source of what is announced; "tidemark" where empty.
	Source string
	// Registry gives the schemas that are not our own; nil where there is none.
	Registry *Registry
	// IDs frame what is encoded, by topic, as Registry.Register returns them. Topics that are absent take their fixed id.
	IDs map[string]uint32
}

// Codec decodes events and encodes transitions. It is safe for concurrent use.
type Codec struct {
	max      int
	registry *Registry
	// Values of headers that all messages share, and nobody changes.
	specVersion, source, contentType []byte
	ids                              map[string]uint32
	// fixed holds the readers of the embedded schemas by their fixed ids.
	fixed map[uint32]reader
}

// New returns a codec. It fails on a negative size limit.
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
		if !slices.Contains(event.Topics(), event.Topic(s.Topic)) {
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
