package avro

import "time"

// bucket is a token bucket. It holds at most a number of tokens, and gets a number of tokens a second.
type bucket struct {
	left, most, perSecond float64
	at                    time.Time
}

func newBucket(most, perSecond float64) bucket {
	return bucket{left: most, most: most, perSecond: perSecond}
}

// take takes a token, if there is one.
func (b *bucket) take(now time.Time) bool {
	if !b.at.IsZero() {
		b.left = min(b.most, b.left+now.Sub(b.at).Seconds()*b.perSecond)
	}
	b.at = now
	if b.left < 1 {
		return false
	}
	b.left--
	return true
}

// back gives a token back.
func (b *bucket) back() { b.left = min(b.most, b.left+1) }
