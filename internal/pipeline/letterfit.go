package pipeline

import (
	"encoding/hex"
	"slices"
	"strconv"

	"tidemark/internal/stream"
)

// letterBytes bounds key, headers and value of a dead letter together, in bytes. It is less than the least max.message.bytes that
// anybody sets, so that a letter always fits: a record of megabytes may have come compressed to kilobytes.
const letterBytes = 512 << 10

// fit returns a record that fits into a dead letter. One that fits already stays as it is. Of a larger one, fit keeps the beginning of
// the key, the first headers and the beginning of the value. The headers then say how long key and value were, how many headers there
// were, and what the SHA-256 of the value is, so that the original can be found.
func fit(r stream.Record) stream.Record {
	if fits(r) {
		return r
	}
	if r.Cut == nil {
		r = r.Short()
	}
	if r.Cut.Unread {
		return r
	}
	r.Headers = slices.Clone(r.Headers)
	for _, note := range [...][2]string{
		{"tidemark.original.value.bytes", strconv.FormatInt(r.Cut.Value, 10)},
		{"tidemark.original.value.sha256", hex.EncodeToString(r.Cut.SHA256[:])},
		{"tidemark.original.key.bytes", strconv.FormatInt(r.Cut.Key, 10)},
		{"tidemark.original.headers", strconv.FormatInt(r.Cut.Headers, 10)},
	} {
		r.Headers = append(r.Headers, stream.Header{Key: note[0], Value: []byte(note[1])})
	}
	return r
}

// fits reports whether a dead letter holds all of a record.
func fits(r stream.Record) bool {
	size := len(r.Key) + len(r.Value)
	for _, h := range r.Headers {
		size += len(h.Key) + len(h.Value)
	}
	return r.Cut == nil && size <= letterBytes
}
