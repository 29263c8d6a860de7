package pipeline

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"

	"tidemark/internal/stream"
)

const (
	// letterBytes bounds key, headers and value of a dead letter together, in bytes. It is less than the least max.message.bytes that
	// anybody sets, so that a letter always fits: a record of megabytes may have come compressed to kilobytes.
	letterBytes = 512 << 10
	// letterKey and letterHeaders bound the key, and the headers, of a record that is too large.
	letterKey, letterHeaders = 16 << 10, 64 << 10
)

// fit returns a record that fits into a dead letter. One that fits already stays as it is. Of a larger one, fit keeps the beginning of
// the key, the first headers and the beginning of the value. The headers then say how long the value was and what its SHA-256 is, so
// that the original can be found, and how many bytes of the key and how many headers are left out.
func fit(r stream.Record) stream.Record {
	size := len(r.Key) + len(r.Value)
	for _, h := range r.Headers {
		size += len(h.Key) + len(h.Value)
	}
	if size <= letterBytes {
		return r
	}
	key, headers, sum := r.Key, r.Headers, sha256.Sum256(r.Value)
	r.Key = key[:min(len(key), letterKey)]
	r.Headers = nil
	for n, bytes := 0, 0; n < len(headers); n++ {
		if bytes += len(headers[n].Key) + len(headers[n].Value); bytes > letterHeaders {
			break
		}
		r.Headers = append(r.Headers, headers[n])
	}
	for _, note := range [...][2]string{
		{"tidemark.original.value.bytes", strconv.Itoa(len(r.Value))},
		{"tidemark.original.value.sha256", hex.EncodeToString(sum[:])},
		{"tidemark.original.key.bytes", strconv.Itoa(len(key))},
		{"tidemark.original.headers", strconv.Itoa(len(headers))},
	} {
		r.Headers = append(r.Headers, stream.Header{Key: note[0], Value: []byte(note[1])})
	}
	r.Value = r.Value[:min(len(r.Value), letterBytes/2)]
	return r
}
