package pipeline

import "tidemark/internal/event"

// reach is the instant up to which a partition has been read. Only the times of our own fetches count: a fetch that was sent at an instant
// and found the log to end at an offset proves, once everything below that offset has been taken, that everything written before that
// instant has been taken. Record times prove nothing: one record stamped ahead may stand before any number of others.
//
//	fetch sent at   09:00   09:01   09:02          the lane has taken everything below 950:
//	end of the log    900     950    1000          it is read until 09:01
type reach struct {
	// ahead are the ends that have not been reached yet, in the order of the fetches.
	ahead []end
	// apart is how many records the ends stand apart, 0 for as many as come.
	apart int64
	// until is the time of the newest fetch whose end has been reached. It goes back if the local clock does.
	until event.Instant
}

// end is the end of a log as a fetch has found it.
type end struct {
	sentAt event.Instant
	offset int64
}

// endsAtMost bounds the ends that are remembered. Beyond it they stand further apart: the instant then moves in larger steps.
const endsAtMost = 64

// found notes the end of the log that a fetch has found.
func (r *reach) found(e end) {
	n := len(r.ahead)
	switch {
	case n > 0 && r.ahead[n-1].offset == e.offset:
		r.ahead[n-1] = e // the newer fetch proves more
	case n > 1 && e.offset-r.ahead[n-2].offset < r.apart:
		r.ahead[n-1] = e
	default:
		r.ahead = append(r.ahead, e)
	}
	if len(r.ahead) > endsAtMost {
		r.thin()
	}
}

// thin leaves about half of the ends, evenly spread, with the first and the newest.
func (r *reach) thin() {
	first, newest := r.ahead[0], r.ahead[len(r.ahead)-1]
	r.apart = (newest.offset - first.offset) / (endsAtMost / 2)
	kept := r.ahead[:1]
	for _, e := range r.ahead[1:] {
		if e == newest || e.offset-kept[len(kept)-1].offset >= r.apart {
			kept = append(kept, e)
		}
	}
	r.ahead = kept
}

// took notes that everything below an offset has been taken.
func (r *reach) took(offset int64) {
	for len(r.ahead) > 0 && r.ahead[0].offset <= offset {
		r.until = r.ahead[0].sentAt
		r.ahead = r.ahead[1:]
	}
	if len(r.ahead) == 0 {
		r.apart = 0
	}
}
