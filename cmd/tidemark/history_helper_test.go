package main

import (
	"strconv"
	"sync"
	"testing"

	"tidemark/internal/avro"
	"tidemark/internal/dataset"
	"tidemark/internal/event"
	"tidemark/internal/realdata"
	"tidemark/internal/service/servicetest"
	"tidemark/internal/stream"
)

// history is a public log, the instant as of which it is scored, and facts about it.
type history struct {
	file   string
	format dataset.Format
	asOf   string
	// ties counts the customers' days with several purchases, descents the lines with an earlier day than the line before.
	customers, events, ties, descents int
}

func cdnow(t *testing.T) history {
	t.Helper()
	return history{realdata.File(t, "cdnow/CDNOW_master.txt"), dataset.CDNOW, "1998-06-30", 23570, 69659, 1774, 12512}
}

// cdnowSample is one customer in ten.
func cdnowSample(t *testing.T) history {
	t.Helper()
	return history{realdata.File(t, "cdnow/CDNOW_sample.txt"), dataset.CDNOWSample, "1998-06-30", 2357, 6919, 177, 1139}
}

// lengthy returns a log that is long enough for a test to act while members work on it: CDNOW, or one customer in ten with the race
// detector.
func lengthy(t *testing.T) history {
	t.Helper()
	if servicetest.RaceDetector || testing.Short() {
		return cdnowSample(t)
	}
	return cdnow(t)
}

// batches makes members commit the log in about n batches.
func (h history) batches(n int) string { return "--batch-events=" + strconv.Itoa(h.events/n) }

// load imports the log, and checks that the import has put it in order.
func (h history) load(t *testing.T, s *servers) {
	t.Helper()
	h.isOutOfOrder(t)
	must(t, append([]string{"import", h.file, "--format", string(h.format)}, s.kafkaFlags()...)...)
	s.isCanonical(t, h.events)
}

// isOutOfOrder checks that the file has ties and descents, so that its order matters.
func (h history) isOutOfOrder(t *testing.T) {
	t.Helper()
	log, err := dataset.Read(h.format, []string{h.file}, nil)
	if err != nil {
		t.Fatal(err)
	}
	type day struct {
		customer string
		at       event.Instant
	}
	purchases := map[day]int{}
	ties, descents := 0, 0
	last := event.Instant(0)
	for _, x := range log.Events {
		head := x.Common()
		d := day{head.Customer, head.OccurredAt}
		if purchases[d]++; purchases[d] == 2 {
			ties++
		}
		if head.OccurredAt < last {
			descents++
		}
		last = head.OccurredAt
	}
	if len(log.Events) != h.events || ties != h.ties || descents != h.descents {
		t.Errorf("%s holds %d events, %d ties, %d descents, want %d, %d, %d",
			h.file, len(log.Events), ties, descents, h.events, h.ties, h.descents)
	}
}

// isCanonical checks that every partition of the purchases holds its events in canonical order, and all together so many.
func (s *servers) isCanonical(t *testing.T, events int) {
	t.Helper()
	codec, err := avro.New(avro.Options{})
	if err != nil {
		t.Fatal(err)
	}
	last := map[int32]event.Event{}
	records := s.Records(t, string(event.Purchases))
	for _, r := range records {
		x, err := codec.Decode(stream.Record{Topic: event.Purchases, Time: event.InstantOf(r.Timestamp), Key: r.Key, Value: r.Value})
		if err != nil {
			t.Fatalf("offset %d of partition %d: %v", r.Offset, r.Partition, err)
		}
		if before := last[r.Partition]; before != nil && event.Compare(before, x) > 0 {
			t.Fatalf("partition %d holds an event of %s after one of %s", r.Partition, x.Common().OccurredAt, before.Common().OccurredAt)
		}
		last[r.Partition] = x
	}
	if len(records) != events {
		t.Errorf("%d purchases in the log, want %d", len(records), events)
	}
}

// untilCaughtUp ends a member once the group has caught up.
const untilCaughtUp = "--exit-when-caught-up"

// member starts a process that scores the log together with others.
func (h history) member(t *testing.T, s *servers, name string, args ...string) *process {
	t.Helper()
	args = append([]string{
		"run", "--clock", "event", "--as-of", h.asOf, "--alert-max-age", "0",
		"--shards", strconv.Itoa(servicetest.Shards), "--admin", "127.0.0.1:0", "--kafka-session-timeout", "3s", "--kafka-client-id", name,
	}, args...)
	return start(t, name, append(args, s.flags()...)...)
}

// replays holds the results of replays. The tests share them.
var replays struct {
	sync.Mutex
	of map[string]servicetest.Replayed
}

// replay returns the result of a replay of the log.
func (h history) replay(t *testing.T) servicetest.Replayed {
	t.Helper()
	replays.Lock()
	defer replays.Unlock()
	if r, ok := replays.of[h.file]; ok {
		return r
	}
	r := replayOf(t, h.file, "--format", string(h.format), "--as-of", h.asOf, "--alert-max-age", "0")
	if len(r.Scores) != h.customers {
		t.Fatalf("replay: %d customers, want %d", len(r.Scores), h.customers)
	}
	if replays.of == nil {
		replays.of = map[string]servicetest.Replayed{}
	}
	replays.of[h.file] = r
	return r
}
