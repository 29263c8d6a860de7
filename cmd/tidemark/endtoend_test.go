package main

import (
	"strconv"
	"testing"
	"time"

	"tidemark/internal/realdata"
)

const (
	endToEndPartitions = 4
	endToEndShards     = 16
	endToEndWithin     = 8 * time.Minute // the machine may be busy; on a quiet one it takes a tenth of it
)

func TestEmbeddedEndToEnd(t *testing.T) { endToEnd(t, startServers(t, endToEndPartitions)) }

func TestRealEndToEnd(t *testing.T) { endToEnd(t, startRealServers(t, endToEndPartitions)) }

// endToEnd loads CDNOW into two members of one group, kills one of them in the middle, and replaces it. What comes out is
// what replay says. Under the race detector it is one customer in ten.
func endToEnd(t *testing.T, s *servers) {
	t.Helper()
	log, batch := cdnow(t), "500"
	if raceDetector || testing.Short() {
		log, batch = cdnowSample(t), "50"
	}
	replayed := log.replay(t)
	log.load(t, s)
	first, second := log.member(t, s, "first", "--batch-events", batch), log.member(t, s, "second", "--batch-events", batch)
	s.awaitMiddle(t, endToEndPartitions, first, second)
	first.kill()
	third := log.member(t, s, "third", "--batch-events", batch)
	for _, m := range []*process{second, third} {
		if got := m.code(t, endToEndWithin); got != 0 {
			t.Fatalf("%s: exit code %d, want 0", m.name, got)
		}
	}
	replayed.compare(t, s)
}

// history is a public log, its end, and what must be in it.
type history struct {
	file, format, asOf string
	customers          int
}

func cdnow(t *testing.T) history {
	t.Helper()
	return history{realdata.File(t, "cdnow/CDNOW_master.txt"), "cdnow", "1998-06-30", 23570}
}

// cdnowSample is one customer in ten.
func cdnowSample(t *testing.T) history {
	t.Helper()
	return history{realdata.File(t, "cdnow/CDNOW_sample.txt"), "cdnow-sample", "1998-06-30", 2357}
}

// load imports the log, in canonical order.
func (h history) load(t *testing.T, s *servers) {
	t.Helper()
	must(t, append([]string{"import", h.file, "--format", h.format}, s.kafkaFlags()...)...)
}

// member starts a process that scores the log together with others, until all of it has been.
func (h history) member(t *testing.T, s *servers, name string, args ...string) *process {
	t.Helper()
	args = append([]string{
		"run", "--clock", "event", "--as-of", h.asOf, "--alert-max-age", "0", "--exit-when-caught-up",
		"--shards", strconv.Itoa(endToEndShards), "--admin", "", "--kafka-session-timeout", "3s", "--kafka-client-id", name,
	}, args...)
	return start(t, name, append(args, s.flags()...)...)
}

// replay is what the log comes to.
func (h history) replay(t *testing.T) replayed {
	t.Helper()
	r := replayOf(t, h.file, "--format", h.format, "--as-of", h.asOf, "--alert-max-age", "0")
	if len(r.scores) != h.customers {
		t.Fatalf("replay: %d customers, want %d", len(r.scores), h.customers)
	}
	return r
}
