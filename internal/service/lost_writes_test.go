package service_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/pipeline"
	realservers "tidemark/internal/servers"
	"tidemark/internal/servers/serverstest"
	"tidemark/internal/service/servicetest"
	"tidemark/internal/shard"
)

const (
	// When writes are lost, no more records are sent to the index idlePartition; records are still sent to busyPartition.
	idlePartition, busyPartition = 0, 1
	// leastLost is the least number of acknowledged commits that must be lost. With fewer the test shows little.
	leastLost = 100
)

// TestLostWrites lets a failover drop acknowledged commits: the link from a primary to its replica is cut, writes go on, the primary is
// killed, the replica is promoted. The service runs on, finds the loss by its marks, and ends with the result of a replay.
func TestLostWrites(t *testing.T) {
	l := loseWrites(t)
	for _, index := range []int{idlePartition, busyPartition} {
		servicetest.Eventually(t, servicetest.Longest, fmt.Sprintf("lane %d has noticed", index), func() bool {
			return slices.ContainsFunc(l.service.notices("lost writes"), func(n notice) bool { return n.Partition == index })
		})
	}
	if got := l.service.metric(t, "tidemark_losses_found_total", `cause="behind"`); got < 2 {
		t.Errorf("losses found: want at least one by each lane, got %v", got)
	}
	l.log.finish(t, l.servers, l.service)
}

// TestLostWritesUnnoticed shows that TestLostWrites can fail: a service that does not check marks ends with wrong scores.
func TestLostWritesUnnoticed(t *testing.T) {
	l := loseWrites(t, func(c *settings) {
		c.between = func(s pipeline.Store) pipeline.Store { return &blind{Store: s, seen: map[int]shard.Marks{}} }
	})
	l.service.awaitEnd(t, l.servers)
	if got := l.service.notices("lost writes"); len(got) != 0 {
		t.Fatalf("a service that does not look at marks: want no loss noticed, got %+v", got)
	}
	wrong := wrongScores(t, l.servers, l.log.replay(t, ""))
	t.Logf("%d scores are wrong", wrong)
	if wrong == 0 {
		t.Error("all scores are those of the replay: want some to differ")
	}
}

// loss is a service whose Redis has just lost writes.
type loss struct {
	servers *servicetest.Servers
	service *member
	log     *staged
}

func loseWrites(t *testing.T, change ...func(*settings)) loss {
	t.Helper()
	primary := serverstest.Redis(t, realservers.RedisOptions{})
	link, door := serverstest.Relay(t, primary.Addr()), serverstest.Relay(t, primary.Addr())
	replica := serverstest.Redis(t, realservers.RedisOptions{ReplicaOf: link.Addr()})
	s := stagedServers(t, door.Addr())

	stages := split(purchases(t), 40, 75)
	const copied, lost, after = 0, 1, 2
	stages[after] = slices.DeleteFunc(stages[after], func(x event.Event) bool { return indexOf(x) == idlePartition })
	log := sendStaged(t, s, stages...)
	l := loss{servers: s, log: log, service: log.serve(t, s, change...)}

	servicetest.Eventually(t, servicetest.Longest, "both lanes are at work, and the replica follows", func() bool {
		there := audits(t, replica.Client())
		return log.half(there, copied, idlePartition) && log.half(there, copied, busyPartition)
	})
	link.Cut()
	log.open(lost)
	cluster := s.Cluster(t)
	servicetest.Eventually(t, servicetest.Longest, "the idle lane has nothing left to do, the busy one waits", func() bool {
		progress, err := cluster.Progress(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range progress {
			if want := log.ends[lost][p.Partition.Index]; p.Partition.Topic == event.Purchases && p.Committed != want {
				return false
			}
		}
		return true
	})
	checkLost(t, audits(t, primary.Client()), audits(t, replica.Client()))
	log.open(after)
	servicetest.Eventually(t, servicetest.Longest, "the busy lane is at work", func() bool {
		return reached(audits(t, primary.Client()), busyPartition, log.ends[lost][busyPartition]+1)
	})

	primary.Kill()
	if err := replica.Promote(t.Context()); err != nil {
		t.Fatal(err)
	}
	door.Lead(replica.Addr())
	return l
}

// checkLost counts the commits that a primary has and a replica does not have. The primary has acknowledged all its commits, because
// the group has committed their offsets, and offsets are committed after marks.
func checkLost(t *testing.T, primary, replica []shard.Audit) {
	t.Helper()
	total, shards := int64(0), map[int]int{} // by the index that feeds them
	for n := range primary {
		if lost := primary[n].Meta.Sequence - replica[n].Meta.Sequence; lost > 0 {
			total += lost
			shards[n%stagedPartitions]++
		}
	}
	t.Logf("%d commits are lost, of %d idle shards and %d busy ones", total, shards[idlePartition], shards[busyPartition])
	if total < leastLost || shards[idlePartition] == 0 || shards[busyPartition] == 0 {
		t.Fatalf("lost: %d commits of %v shards by lane, want at least %d, of both", total, shards, leastLost)
	}
}

// wrongScores counts the customers whose score differs from the replay.
func wrongScores(t *testing.T, s *servicetest.Servers, r servicetest.Replayed) int {
	t.Helper()
	var keys []string
	for customer := range r.Scores {
		keys = append(keys, "tm:score:"+customer)
	}
	wrong := 0
	for i, got := range s.Hashes(t, keys...) {
		want := r.Scores[strings.TrimPrefix(keys[i], "tm:score:")]
		same := len(got) > 0
		for field, value := range got {
			same = same && value == want[field]
		}
		if !same {
			wrong++
		}
	}
	return wrong
}
