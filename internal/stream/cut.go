package stream

import "crypto/sha256"

// What is kept of a record that is too large to be held whole, in bytes: the beginnings of the key and of the value, and the first
// headers.
const (
	KeptKey     = 16 << 10
	KeptHeaders = 64 << 10
	KeptValue   = 256 << 10
)

// Cut says what a record was in the log, where only its beginning is held.
type Cut struct {
	// Key and Value are the lengths of key and value in the log, in bytes. Headers is the number of headers there.
	Key, Value, Headers int64
	// SHA256 is the digest of the whole value.
	SHA256 [sha256.Size]byte
	// Unread says that not even the beginning is held, because the batch of the record is too large once it is decompressed. Then
	// nothing but topic, partition and offset is known.
	Unread bool
}

// Short returns a record that holds at most what is kept of r, and says so in Cut.
func (r Record) Short() Record {
	cut := &Cut{Key: int64(len(r.Key)), Value: int64(len(r.Value)), Headers: int64(len(r.Headers)), SHA256: sha256.Sum256(r.Value)}
	r.Key = r.Key[:min(len(r.Key), KeptKey)]
	r.Value = r.Value[:min(len(r.Value), KeptValue)]
	size := 0
	for i, h := range r.Headers {
		if size += len(h.Key) + len(h.Value); size > KeptHeaders {
			r.Headers = r.Headers[:i:i]
			break
		}
	}
	r.Cut = cut
	return r
}
