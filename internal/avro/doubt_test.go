package avro

import (
	"errors"
	"testing"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/stream"
	"tidemark/schemas"
)

// A schema that the registry shows some seconds after it was registered is waited for. One that it does not show is an unknown schema
// after ten seconds, and is not waited for again.
func TestAnUnknownIDIsUnsureForTenSeconds(t *testing.T) {
	f, registry, clock := startRegistry(t)
	c := newCodec(t, Options{Registry: registry})
	r := message(t, c, samplePurchase())
	unsure := func(id int, after time.Duration) {
		t.Helper()
		var invalid *event.Invalid
		if _, err := c.Decode(reframed(r, id)); !errors.Is(err, stream.ErrSchemaUnavailable) || errors.As(err, &invalid) {
			t.Errorf("id %d, %s after it was first unknown: got %v, want %v", id, after, err, stream.ErrSchemaUnavailable)
		}
	}
	unsure(8, 0)
	unsure(9, 0)
	f.set(func(f *fakeRegistry) { f.schemas[9] = ourText(t, schemas.Purchases) })
	*clock = clock.Add(3 * time.Second)
	unsure(8, 3*time.Second)
	if _, err := c.Decode(reframed(r, 9)); err != nil {
		t.Errorf("the schema that became visible: %v", err)
	}
	*clock = clock.Add(unsureFor - 3*time.Second - time.Millisecond)
	unsure(8, unsureFor-time.Millisecond)
	*clock = clock.Add(time.Millisecond)
	for _, later := range []time.Duration{0, unknownFor, unknownFor} {
		*clock = clock.Add(later)
		if _, err := c.Decode(reframed(r, 8)); event.ReasonOf(err) != event.UnknownSchema {
			t.Errorf("id 8, %s later: got %v, want %s", later, err, event.UnknownSchema)
		}
	}
}

// Messages with made-up ids, a new one in each, hold their partition for a bounded time: few unknown ids are waited for, all others are
// judged at the first answer. An id that becomes known makes room for another.
func TestFewUnknownIDsAreWaitedFor(t *testing.T) {
	f, registry, clock := startRegistry(t)
	c := newCodec(t, Options{Registry: registry})
	r := message(t, c, samplePurchase())
	waited := func(first, n int) (count int) {
		for id := first; id < first+n; id++ {
			_, err := c.Decode(reframed(r, id))
			if errors.Is(err, stream.ErrSchemaUnavailable) {
				count++
			} else if event.ReasonOf(err) != event.UnknownSchema {
				t.Fatalf("id %d: got %v, want %s", id, err, event.UnknownSchema)
			}
		}
		return count
	}
	if got := waited(100, burst); got != waits {
		t.Errorf("%d of %d unknown ids are waited for, want %d", got, burst, waits)
	}
	*clock = clock.Add(time.Second)
	f.set(func(f *fakeRegistry) { f.schemas[100] = ourText(t, schemas.Purchases) })
	if _, err := c.Decode(reframed(r, 100)); err != nil {
		t.Errorf("an id that was waited for: %v", err)
	}
	if got := waited(200, perSecond-1); got != 1 {
		t.Errorf("%d further ids are waited for after one became known, want 1", got)
	}
	const hour = 3600
	held := 0
	for range hour { // a new id each second
		*clock = clock.Add(time.Second)
		held += waited(1000+int(clock.Unix()), 1)
	}
	if most := hour*waitsPerSecond + 1; float64(held) > most {
		t.Errorf("%d ids of an hour are waited for, want at most %g", held, most)
	}
}
