package service_test

import (
	"cmp"
	"maps"
	"os"
	"slices"
	"testing"

	realservers "tidemark/internal/servers"
	"tidemark/internal/servers/serverstest"
	"tidemark/internal/service/servicetest"
)

// TestMixedVersions is a rolling upgrade and the way back, on one log, one Kafka and one Redis. Members of the version before and of today's
// version share the partitions. Every handover is under load:
//
//	stage     0                 1                          2              3                      4
//	before    first, second     second                     -              third                  third
//	today     -                 new (first was killed)     new alone      new                    - (new has drained)
//
// At the end scores, outputs, counters and keys are those of a replay, as if one version had done all.
func TestMixedVersions(t *testing.T) {
	binary := binaryBefore(t)
	if before, now := formatsOf(t, cmp.Or(os.Getenv(beforeVariable), "HEAD^1")), formatsOf(t, ""); !slices.Equal(before, now) {
		t.Skipf("the format of the keys has changed, from %q to %q: the versions do not share shards; TestAnOlderVersionRefuses has what happens", before, now)
	}
	s := stagedServers(t, serverstest.Redis(t, realservers.RedisOptions{}).Addr())
	log := sendStaged(t, s, split(purchases(t), 20, 40, 60, 80)...)
	half := func(stage int, who string, there func() bool) {
		t.Helper()
		servicetest.Eventually(t, servicetest.Longest, "half of a stage is applied by "+who, func() bool {
			heads := audits(t, s.Data)
			return there() && log.half(heads, stage, 0) && log.half(heads, stage, 1)
		})
	}

	first := log.startBefore(t, binary, "first", s)
	second := log.startBefore(t, binary, "second", s)
	half(0, "two members of the version before", func() bool { return first.owns() == 1 && second.owns() == 1 })
	first.kill()
	today := log.serve(t, s)
	servicetest.Eventually(t, servicetest.Longest, "both versions have a partition", func() bool { return second.owns() == 1 && today.owns() == 1 })
	log.open(1)
	half(1, "both versions", func() bool { return second.owns() == 1 && today.owns() == 1 })
	second.drain(t)
	log.open(2)
	half(2, "today's version alone", func() bool { return today.owns() == 2 })

	third := log.startBefore(t, binary, "third", s)
	servicetest.Eventually(t, servicetest.Longest, "both versions have a partition again", func() bool { return third.owns() == 1 && today.owns() == 1 })
	log.open(3)
	half(3, "both versions", func() bool { return third.owns() == 1 && today.owns() == 1 })
	if err := today.end(); err != nil {
		t.Errorf("today's version ended with %v, want no error after a graceful end", err)
	}
	log.open(4)
	half(4, "the version before alone", func() bool { return third.owns() == 2 })
	log.await(t, s)
	third.drain(t)
	want := log.replay(t, s.Hashes(t, "tm:model")[0]["source"]) // that of the version before, which has begun
	maps.Copy(want.Unsaid, want.KeptBack)                       // the version before may have published them
	want.Compare(t, s)
}
