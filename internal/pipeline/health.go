package pipeline

import (
	"cmp"
	"fmt"
	"slices"
	"sync"
	"time"
)

// Health says what keeps a lane from its work. The zero Failing is good.
type Health struct {
	// Partition is the partition index of the lane.
	Partition int
	Paused    bool
	// Held is that of Progress: the lane works, but some of its reviews wait.
	Held []string
	// Failing are the calls that are being retried, the oldest first.
	Failing []Failure
	// Checkpoint is when the last checkpoint ended; the start of the lane if there has been none.
	Checkpoint time.Time
}

// Failure is a call that is being retried.
type Failure struct {
	Operation string
	// Since is when the call failed first.
	Since time.Time
	Err   error
}

// Health returns what keeps the lane from its work. It is safe for concurrent use.
func (l *Lane) Health() Health {
	p := l.progress.Load()
	return Health{
		Partition: l.cfg.Index, Paused: p.Paused, Held: p.Held,
		Failing: l.failures.list(), Checkpoint: time.Unix(0, l.pulse.checkpoint.Load()),
	}
}

// Problems says in words what is wrong at a time; a failure, or a checkpoint that does not come, is wrong once it is older than bound.
func (h Health) Problems(now time.Time, bound time.Duration) []string {
	var all []string
	if h.Paused {
		all = append(all, "paused: too many records are bad")
	}
	for _, f := range h.Failing {
		if age := now.Sub(f.Since); age > bound {
			all = append(all, fmt.Sprintf("%s has failed for %s: %v", f.Operation, age.Round(time.Second), f.Err))
		}
	}
	if age := now.Sub(h.Checkpoint); age > bound && !h.Paused {
		all = append(all, fmt.Sprintf("no checkpoint for %s", age.Round(time.Second)))
	}
	return all
}

// failures are the calls that are being retried.
type failures struct {
	showing sync.Mutex // held while the metric is made to agree with the list

	mu   sync.Mutex
	last int
	all  map[int]Failure
	// kept are, by operation, failures that outlast their session, because the lane has taken over again for them. They are over with the
	// next checkpoint.
	kept map[string]Failure
}

// keep notes that the present failure of an operation goes on in the next session.
func (f *failures) keep(operation string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, failure := range f.all {
		if failure.Operation == operation {
			if f.kept == nil {
				f.kept = map[string]Failure{}
			}
			if _, ok := f.kept[operation]; !ok {
				f.kept[operation] = failure
			}
		}
	}
}

// over notes that a checkpoint has ended: no failure has outlasted it. It returns the operations whose failures were kept.
func (f *failures) over() (operations []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for operation := range f.kept {
		operations = append(operations, operation)
	}
	clear(f.kept)
	return operations
}

// begin notes a call that has failed for the first time, and returns its number.
func (f *failures) begin(operation string, err error) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.all == nil {
		f.all = map[int]Failure{}
	}
	f.last++
	f.all[f.last] = Failure{operation, time.Now(), err}
	return f.last
}

// end notes that the call of a number is over.
func (f *failures) end(number int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.all, number)
}

func (f *failures) list() []Failure {
	f.mu.Lock()
	defer f.mu.Unlock()
	var all []Failure
	for _, failure := range f.all {
		if _, ok := f.kept[failure.Operation]; !ok {
			all = append(all, failure)
		}
	}
	for _, failure := range f.kept {
		all = append(all, failure)
	}
	slices.SortFunc(all, func(a, b Failure) int {
		return cmp.Or(a.Since.Compare(b.Since), cmp.Compare(a.Operation, b.Operation))
	})
	return all
}

// showFailing shows since when calls of an operation have been failing, in the metric that an alert watches.
func (b *base) showFailing(operation string) {
	b.failures.showing.Lock()
	defer b.failures.showing.Unlock()
	for _, f := range b.failures.list() { // the oldest first
		if f.Operation == operation {
			b.metrics.failing.WithLabelValues(b.label(), operation).Set(float64(f.Since.Unix()))
			return
		}
	}
	b.metrics.failing.DeleteLabelValues(b.label(), operation)
}
