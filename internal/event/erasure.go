package event

// ErasedAt returns the instant at which x erases its customer; false if x is no ERASED. An erasure counts from its record time: a source
// that states an earlier time means the same request.
func ErasedAt(x Event) (Instant, bool) {
	if i, ok := x.(*Interaction); ok && i.Kind == Erased {
		return i.RecordedAt, true
	}
	return 0, false
}

// ErasedBy reports whether x is from before an erasure at an instant. It is if any of its times lies before: when it happened, when it
// was revised, or when it was recorded. The zero instant stands for no erasure.
func ErasedBy(x Event, erased Instant) bool {
	return erased != 0 && min(Earliest(x), x.At()) <= erased
}

// WithoutErased returns the events of which no erasure knows: without each ERASED, and without the events of its customer from before. It
// does not modify events, and returns them as they are where there is no ERASED.
func WithoutErased(events []Event) []Event {
	var erased map[string]Instant
	for _, x := range events {
		if at, ok := ErasedAt(x); ok {
			if erased == nil {
				erased = map[string]Instant{}
			}
			erased[x.Common().Customer] = max(at, erased[x.Common().Customer])
		}
	}
	if erased == nil {
		return events
	}
	var left []Event
	for _, x := range events {
		if _, ok := ErasedAt(x); !ok && !ErasedBy(x, erased[x.Common().Customer]) {
			left = append(left, x)
		}
	}
	return left
}
