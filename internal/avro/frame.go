package avro

import (
	"encoding/binary"
	"fmt"
	"strconv"

	"tidemark/internal/event"
	"tidemark/internal/stream"
)

// schemaID names the schema of a writer: by a number that is unique in one registry, or by a GUID.
type schemaID struct {
	number uint32
	guid   [16]byte
	global bool
}

func (id schemaID) String() string {
	if !id.global {
		return strconv.FormatUint(uint64(id.number), 10)
	}
	g := id.guid
	return fmt.Sprintf("%x-%x-%x-%x-%x", g[:4], g[4:6], g[6:8], g[8:10], g[10:])
}

// schemaHeader is the header in which newer Confluent clients name the schema. Their values have no frame.
const schemaHeader = "__value_schema_id"

// unframe returns the id of the schema of the writer, and the bytes of the record.
func unframe(r stream.Record) (id schemaID, body []byte, err error) {
	for _, h := range r.Headers {
		if h.Key != schemaHeader {
			continue
		}
		id, n := parseID(h.Value)
		if n == 0 || n != len(h.Value) {
			return schemaID{}, nil, event.Invalidf(event.BadFraming, "header %s of %d bytes names no schema", schemaHeader, len(h.Value))
		}
		return id, r.Value, nil
	}
	id, n := parseID(r.Value)
	if n == 0 || id.global {
		return schemaID{}, nil, event.Invalidf(event.BadFraming, "no Confluent frame: %d bytes that begin with %#02x", len(r.Value), r.Value[0])
	}
	return id, r.Value[n:], nil
}

// parseID reads a magic byte and an id. After a 0 the id is a number of four bytes, big-endian; after a 1 it is a GUID of 16
// bytes. parseID also returns the length of what it read; the length is zero if there is no id.
func parseID(b []byte) (schemaID, int) {
	switch {
	case len(b) >= 5 && b[0] == 0:
		return schemaID{number: binary.BigEndian.Uint32(b[1:])}, 5
	case len(b) >= 17 && b[0] == 1:
		return schemaID{guid: [16]byte(b[1:17]), global: true}, 17
	}
	return schemaID{}, 0
}
