package service

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"tidemark/internal/pipeline"
)

// line is a line of the log in short: level, message, operation.
func line(e observer.LoggedEntry) string {
	return fmt.Sprintf("%s %s %v", e.Level, e.Message, e.ContextMap()["operation"])
}

func linesOf(logs *observer.ObservedLogs) (all []string) {
	for _, e := range logs.All() {
		all = append(all, line(e))
	}
	return all
}

// An operation that fails in several lanes is two lines at info, whatever the number of tries: when it begins to fail, and when the last
// lane has got through.
func TestAnIncidentIsTwoLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		core, logs := observer.New(zap.InfoLevel)
		s := newIncidents(zap.New(core), func(error) string { return "start it" })
		failed := func(tries int, err error) {
			s.report(pipeline.Notice{Kind: pipeline.Trouble, Operation: "commit", Tries: tries, Err: err})
		}
		recovered := pipeline.Notice{Kind: pipeline.Recovered, Operation: "commit", Tries: 3, Took: 8 * time.Second}
		gone := errors.New("gone")
		for tries := 1; tries < 100; tries++ {
			failed(tries, gone)
		}
		failed(1, gone)             // another lane
		time.Sleep(8 * time.Second) //nolint:forbidigo // inside the bubble
		s.report(recovered)
		if got, want := linesOf(logs), []string{"warn trouble commit"}; !slices.Equal(got, want) {
			t.Errorf("while one of two lanes still fails: got %q, want %q", got, want)
		}
		s.report(recovered)
		if got, want := linesOf(logs), []string{"warn trouble commit", "info works again commit"}; !slices.Equal(got, want) {
			t.Errorf("when both are through: got %q, want %q", got, want)
		}
		if begin := logs.All()[0].ContextMap(); begin["try"] != "start it" || begin["error"] != "gone" {
			t.Errorf("at its begin: got %v, want the error, and what to try", begin)
		}
		if end := logs.All()[1].ContextMap(); end["took"] != 8*time.Second || end["tries"] != int64(100) {
			t.Errorf("at its end: got %v, want that it took 8 s and 100 tries", end)
		}

		failed(1, gone)
		failed(2, context.DeadlineExceeded) // another class: the operator needs to know
		s.report(pipeline.Notice{Kind: pipeline.GivenUp, Operation: "commit", Err: gone})
		want := []string{"warn trouble commit", "warn trouble commit", "info gives up commit"}
		if got := linesOf(logs)[2:]; !slices.Equal(got, want) {
			t.Errorf("the next incident: got %q, want %q", got, want)
		}
	})
}

func TestWhatIsNotTriedAgainIsSaidOnceAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		core, logs := observer.New(zap.InfoLevel)
		s := newIncidents(zap.New(core), nil)
		for range 3 * 60 {
			s.report(pipeline.Notice{Kind: pipeline.Trouble, Operation: "encode score", Err: errors.New("as_of is 0")})
			time.Sleep(time.Second) //nolint:forbidigo // inside the bubble
		}
		if got := len(logs.All()); got != 3 {
			t.Errorf("within three minutes: %d lines, want 3", got)
		}
	})
}

func TestALonelyOperation(t *testing.T) {
	core, logs := observer.New(zap.InfoLevel)
	s := newIncidents(zap.New(core), nil)
	for _, err := range []error{nil, errors.New("gone"), errors.New("gone"), nil, nil} {
		s.lonely("kafka: trying again", joinGroup, err)
	}
	if got, want := linesOf(logs), []string{"warn kafka: trying again group", "info works again group"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// One line a tick, and none without.
func TestSummaries(t *testing.T) {
	core, logs := observer.New(zapcore.InfoLevel)
	s := &summaries{log: zap.New(core), metrics: pipeline.NewMetrics(), began: time.Now()}
	ctx, stop := context.WithCancel(t.Context())
	tick, done := make(chan time.Time), make(chan struct{})
	go func() { defer close(done); s.run(ctx, tick) }()
	for range 2 {
		tick <- time.Now()
	}
	stop()
	<-done
	if got := len(logs.FilterMessage("the last minute").All()); got != 2 {
		t.Errorf("after two ticks: %d lines, want 2", got)
	}
	for _, field := range []string{"applied", "duplicates", "dead_letters", "published", "lag", "commits"} {
		if _, ok := logs.All()[0].ContextMap()[field]; !ok {
			t.Errorf("the line has no %s", field)
		}
	}
}
