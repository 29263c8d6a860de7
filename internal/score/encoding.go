package score

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"

	"tidemark/internal/history"
)

// Encoding says how a profile is encoded.
type Encoding struct {
	// Version is the version of the profile, History the format of the history in it; see history.Format.
	Version, History int
	// Unknown counts the sections that a newer version of the program has written.
	Unknown int
}

// TodaysEncoding is the encoding that Append writes.
var TodaysEncoding = Encoding{Version: codecVersion, History: history.Format}

// EncodingOf returns how a profile is encoded, also of a version that Decode does not know. If the bytes have changed since they were
// written, the error is ErrChecksum.
func EncodingOf(b []byte) (Encoding, error) {
	if len(b) < 5 {
		return Encoding{}, fmt.Errorf("%w: %d bytes", ErrChecksum, len(b))
	}
	body, sum := b[:len(b)-4], binary.LittleEndian.Uint32(b[len(b)-4:])
	if crc32.Checksum(body, castagnoli) != sum {
		return Encoding{}, ErrChecksum
	}
	e := Encoding{Version: int(body[0])}
	if e.Version != codecVersion {
		return e, nil // its sections may be laid out otherwise
	}
	e.History = history.Format // an empty history has no section
	for rest := body[1:]; len(rest) > 0; {
		tag, n := binary.Uvarint(rest)
		size, m := binary.Uvarint(rest[max(n, 0):])
		if n <= 0 || m <= 0 || size > uint64(len(rest)-n-m) {
			return e, fmt.Errorf("%w: bad section", ErrCorrupt)
		}
		end := n + m + int(size)
		switch {
		case tag == tagHistory:
			e.History = history.FormatOf(rest[n+m : end])
		case tag >= tagsEnd:
			e.Unknown++
		}
		rest = rest[end:]
	}
	return e, nil
}

// IsShop reports whether an encoded profile says that its id behaves like a shop. It looks at nothing else, and does not check b: of bytes
// that are no profile it says false.
func IsShop(b []byte) bool {
	if len(b) < 5 || b[0] != codecVersion {
		return false
	}
	for rest := b[1 : len(b)-4]; len(rest) > 0; {
		tag, n := binary.Uvarint(rest)
		size, m := binary.Uvarint(rest[max(n, 0):])
		if n <= 0 || m <= 0 || size > uint64(len(rest)-n-m) {
			return false
		}
		if tag == tagShop {
			return true
		}
		rest = rest[n+m+int(size):]
	}
	return false
}
