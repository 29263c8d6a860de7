package pipeline

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tidemark/internal/shard"
)

// errAnotherLog is the error of a log that does not begin any more with the record that is remembered.
var errAnotherLog = errors.New("the topic was deleted and created again")

// doubtAfter is the pause between two fetches after which a log must be recognized again: meanwhile a topic can have been deleted, created
// and filled beyond the next offset. A fetcher that does not pause meets an error or the shorter log.
const doubtAfter = time.Second

// doubt is whether the log that answers a fetcher may be another one than that of its last answer.
type doubt struct {
	answered time.Time
	failed   bool
}

// asked notes that a fetch is sent.
func (d *doubt) asked() { d.failed = d.failed || time.Since(d.answered) > doubtAfter }

// confirm returns errAnotherLog where the log that has just answered is not the one that began with origin. It looks only if there is a
// doubt. ended is not nil once ctx has ended.
func (in *intake) confirm(ctx context.Context, p shard.Partition, origin shard.Origin, d *doubt) (replaced, ended error) {
	doubtful := d.failed && origin != shard.Origin{}
	if doubtful {
		asked := in.pulse.asked[p]
		var sight Sight
		ended = in.retry(ctx, "recognize", func() (err error) {
			asked.Store(time.Now().UnixNano())
			sight, err = Look(ctx, in.source, p, origin)
			asked.Store(0)
			return err
		})
		if ended == nil && sight.another() {
			replaced = fmt.Errorf("%s: %w: it began with %s, and begins with %s now", p, errAnotherLog, origin, sight.Found)
		}
	}
	*d = doubt{answered: time.Now()}
	return replaced, ended
}
