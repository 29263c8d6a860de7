package redis

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
)

// namingPrefix tells what links hash from what tombstones hash: an id never begins with a zero byte, so the two never hash the same text.
const namingPrefix = "\x00link\x00"

// Naming returns the keyed hash by which profiles recognise ids that they must not name. Its key is the key of the tombstones, which Naming
// makes if there is none: so it never changes while profiles are kept.
func (s *Store) Naming(ctx context.Context) (func(id string) uint64, error) {
	key, err := s.makeErasureKey(ctx)
	if err != nil {
		return nil, err
	}
	return func(id string) uint64 {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(namingPrefix + id))
		return binary.BigEndian.Uint64(mac.Sum(nil))
	}, nil
}
