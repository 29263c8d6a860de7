package main

import (
	"context"
	"slices"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/internal/event"
	"tidemark/internal/service/servicetest"
)

// TestDoctorWatchesARunningService: the doctor says that all is well while it is, and never while a lane is paused.
func TestDoctorWatchesARunningService(t *testing.T) {
	s := startServers(t, 2)
	p := start(t, "service", append([]string{"run", "--admin", "127.0.0.1:0"}, s.flags()...)...)
	must(t, append([]string{"import", file(t, servicetest.SmallLog), "--format", "jsonl"}, s.kafkaFlags()...)...)
	servicetest.Eventually(t, servicetest.Longest, "all is committed to the group", func() bool {
		done, err := s.Cluster(t).CaughtUp(t.Context())
		return err == nil && done && len(p.share()) == 2
	})
	doctor := slices.Concat([]string{"doctor", "--for", "3s", "--members", p.admin}, s.flags())
	tidemark(t, doctor...).says(t, 0, "ok    member 127.0.0.1", "ready", "1 for 2 partitions", "nothing stands still", "all is well")

	var bad []*kgo.Record
	for range 150 {
		bad = append(bad, &kgo.Record{Topic: string(event.Purchases), Key: []byte("ann"), Value: []byte("not a message")})
	}
	s.Produce(t, bad...)
	servicetest.Eventually(t, servicetest.Longest, "a lane is paused", func() bool { return p.metric(t, "tidemark_paused") == 1 })
	tidemark(t, doctor...).says(t, 1, "FAIL  member 127.0.0.1", "paused: too many records are bad", "--bad-records bury", "FAIL  partition ", "stands still: 150 records")
}

// TestDoctorSaysWhenNobodyAnswersAtAMember: a member that is named must be one.
func TestDoctorSaysWhenNobodyAnswersAtAMember(t *testing.T) {
	for address, want := range map[string]string{closedPort(t): "refused", "nonsense": "host:port"} {
		ctx, cancel := context.WithTimeout(t.Context(), servicetest.Longest)
		f := askMember(ctx, address)
		cancel()
		answer{code: 1, out: f.Detail + f.Remedy}.says(t, 1, want)
		if f.OK {
			t.Errorf("%s: got %+v, want it not OK", address, f)
		}
	}
}

// TestDoctorFindsAnEmptiedRedis: a group that has worked, and a Redis without its data.
func TestDoctorFindsAnEmptiedRedis(t *testing.T) {
	s := loaded(t)
	s.Embedded.Redis.Server().FlushAll()
	tidemark(t, append([]string{"doctor"}, s.flags()...)...).says(t, 1, "FAIL  data", "--redis-prefix")
}
