package kafka

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	kafkago "github.com/segmentio/kafka-go"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"tidemark/internal/embed"
	"tidemark/internal/event"
	"tidemark/internal/shard"
)

// member is a member of the group whose generations a test can see.
type member struct {
	cluster     *Cluster
	group       *Group
	generations chan *Generation
	notices     chan error
	leave       context.CancelFunc
	left        chan error
}

// groupOf waits for a group that knows of so many members.
func groupOf(members int) func(*kfake.GroupInfo) bool {
	return func(info *kfake.GroupInfo) bool { return info != nil && len(info.Members) == members }
}

// idle is a handler that only holds its partitions.
func idle(ctx context.Context, _ *Generation) error {
	<-ctx.Done()
	return ctx.Err()
}

// join runs a member until the test ends, or it is told to leave.
func join(t testing.TB, config Config, handle func(context.Context, *Generation) error) *member {
	ctx, leave := context.WithCancel(context.Background())
	m := &member{
		cluster: open(t, config), generations: make(chan *Generation, 100), notices: make(chan error, 1_000),
		leave: leave, left: make(chan error, 1),
	}
	m.group = m.cluster.NewGroup(func(err error) {
		select {
		case m.notices <- err:
		default:
		}
	})
	go func() {
		m.left <- m.group.Run(ctx, func(ctx context.Context, g *Generation) error {
			m.generations <- g
			return handle(ctx, g)
		})
		close(m.left)
	}()
	t.Cleanup(func() {
		leave()
		for range m.left { // until closed
		}
	})
	return m
}

// owning waits for a generation of m with so many partitions.
func (m *member) owning(t testing.TB, partitions int) *Generation {
	t.Helper()
	for {
		if g := wait(t, fmt.Sprintf("generation with %d partitions", partitions), m.generations); len(g.Partitions()) == partitions {
			return g
		}
	}
}

func TestGroupReadsEverything(t *testing.T) {
	eachBroker(t, func(t *testing.T, b broker) {
		cluster := b.withTopics(t, 3)
		want := 0
		for _, topic := range event.Topics() {
			publish(t, cluster, customers(topic, 100)...)
			want += 100
		}
		seen := make(map[string]bool)
		m := join(t, b.config(), func(ctx context.Context, g *Generation) error {
			offsets := make(map[shard.Partition]int64)
			for _, p := range inputPartitions(len(g.Partitions())) {
				if _, committed := g.Committed(p); committed {
					return fmt.Errorf("%s has a committed offset before the first commit", p)
				}
				first, end, err := g.Bounds(ctx, p)
				if err != nil {
					return err
				}
				for next := first; next < end; next = offsets[p] {
					fetch, err := g.Fetch(ctx, p, next)
					if err != nil {
						return err
					}
					for _, r := range fetch.Records {
						seen[string(r.Key)] = true
					}
					offsets[p] = fetch.Next
				}
			}
			return g.CommitOffsets(ctx, offsets) // and so be done
		})
		if err := wait(t, "end of Run", m.left); err != nil {
			t.Fatalf("Run: %v, want no error from a handler that is done", err)
		}
		if len(seen) != want {
			t.Errorf("saw %d customers, want %d", len(seen), want)
		}
		if caughtUp, err := cluster.CaughtUp(bounded(t)); err != nil || !caughtUp {
			t.Errorf("caught up: %t, %v; want true", caughtUp, err)
		}
	})
}

func TestMembersShareAndTakeOver(t *testing.T) {
	const partitions = 5
	broker, _ := withTopics(t, partitions)
	config := brisk(broker.Addr())
	config.RequestTimeout = 2 * time.Second
	p0 := shard.Partition{Topic: event.Purchases, Index: 0}
	advance := func(ctx context.Context, g *Generation) error {
		if slices.Contains(g.Partitions(), 0) {
			before, _ := g.Committed(p0)
			if err := g.CommitOffsets(ctx, map[shard.Partition]int64{p0: before + 10}); err != nil {
				return err
			}
		}
		return idle(ctx, g)
	}

	a := join(t, config, advance)
	alone := a.owning(t, partitions)
	b := join(t, config, advance)
	b.share(t)
	if err := alone.CommitOffsets(bounded(t), map[shard.Partition]int64{p0: 1}); !errors.Is(err, ErrGenerationEnded) {
		t.Errorf("commit by a generation that is over: %v, want %v", err, ErrGenerationEnded)
	}
	info, err := broker.Broker().WaitGroupStable(bounded(t), "test", 2)
	if err != nil {
		t.Fatal(err)
	}
	var all []int32
	for _, m := range info.Members {
		own := m.Assignment[string(event.Purchases)]
		for _, topic := range event.Topics() {
			if got := m.Assignment[string(topic)]; !slices.Equal(got, own) || len(got) < partitions/2 {
				t.Errorf("a member owns %v of %s and %v of %s, want the same, at least %d", got, topic, own, event.Purchases, partitions/2)
			}
		}
		all = append(all, own...)
	}
	if slices.Sort(all); !slices.Equal(all, []int32{0, 1, 2, 3, 4}) {
		t.Errorf("the members own %v together, want each of 5 partitions once", all)
	}

	a.cluster.Sever() // a crash: a says nothing any more
	last := b.owning(t, partitions)
	if offset, ok := last.Committed(p0); !ok || offset < 10 {
		t.Errorf("the heir finds offset %d (%t), want what was committed before it", offset, ok)
	}
	b.leave()
	if err := wait(t, "end of b", b.left); err != nil {
		t.Errorf("Run after its context's end: %v, want nil", err)
	}
	if err := last.CommitOffsets(bounded(t), map[shard.Partition]int64{p0: 99}); !errors.Is(err, ErrGenerationEnded) {
		t.Errorf("commit after leaving: %v, want %v", err, ErrGenerationEnded)
	}
	if info := broker.Broker().GroupInfo("test"); len(info.Members) != 0 {
		t.Errorf("%d members are left, want none: one was missed, one said goodbye", len(info.Members))
	}
}

// share waits for a generation of m that owns anything.
func (m *member) share(t testing.TB) {
	t.Helper()
	for len(wait(t, "share", m.generations).Partitions()) == 0 {
	}
}

// The last commit of a member that is told to stop still counts: its context has ended, its generation has not.
func TestCommitWhileStopping(t *testing.T) {
	eachBroker(t, func(t *testing.T, b broker) {
		cluster := b.withTopics(t, 1)
		m := join(t, b.config(), func(ctx context.Context, g *Generation) error {
			<-ctx.Done()
			return g.CommitOffsets(context.WithoutCancel(ctx), map[shard.Partition]int64{purchases: 42})
		})
		m.owning(t, 1)
		m.leave()
		if err := wait(t, "end of Run", m.left); err != nil {
			t.Fatalf("Run: %v, want nil", err)
		}
		progress, err := cluster.Progress(bounded(t))
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range progress {
			if want := map[bool]int64{true: 42, false: -1}[p.Partition == purchases]; p.Committed != want {
				t.Errorf("%s: committed %d, want %d", p.Partition, p.Committed, want)
			}
		}
	})
}

func TestCommitOffsets(t *testing.T) {
	eachBroker(t, func(t *testing.T, b broker) {
		cluster := b.withTopics(t, 1)
		m := join(t, b.config(), idle)
		g := m.owning(t, 1)
		ctx := bounded(t)
		committed := func() int64 {
			offsets, err := cluster.committed(ctx, []shard.Partition{purchases})
			if err != nil {
				t.Fatal(err)
			}
			return offsets[purchases]
		}
		for _, offset := range []int64{5, 9, 9, 3} { // ahead, again, and back after a rewind
			if err := g.CommitOffsets(ctx, map[shard.Partition]int64{purchases: offset}); err != nil {
				t.Fatal(err)
			}
			if got := committed(); got != offset {
				t.Errorf("committed %d, want %d", got, offset)
			}
		}
		for _, p := range []shard.Partition{{Topic: event.Purchases, Index: 1}, {Topic: event.Purchases, Index: -1}} {
			if err := g.CommitOffsets(ctx, map[shard.Partition]int64{p: 1}); err == nil {
				t.Errorf("commit of %s, which is not ours: no error", p)
			}
		}
		ended, cancel := context.WithCancel(ctx)
		cancel()
		if err := g.CommitOffsets(ended, map[shard.Partition]int64{purchases: 7}); !errors.Is(err, context.Canceled) {
			t.Errorf("commit with a context that has ended: %v, want %v", err, context.Canceled)
		}
		if got := committed(); got != 3 {
			t.Errorf("committed %d after commits that failed, want 3 still", got)
		}
	})
}

// A member that slept through its session learns it from the coordinator's answer.
func TestCommitOfAZombie(t *testing.T) {
	broker, _ := withTopics(t, 1)
	g := join(t, brisk(broker.Addr()), idle).owning(t, 1)
	for offset, row := range []struct {
		answer *kerr.Error
		ended  bool
	}{
		{kerr.IllegalGeneration, true},
		{kerr.UnknownMemberID, true},
		{kerr.RebalanceInProgress, true},
		{kerr.CoordinatorLoadInProgress, false},
		{kerr.GroupAuthorizationFailed, false},
	} {
		broker.Broker().Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.OffsetCommit}, Err: row.answer})
		err := g.CommitOffsets(bounded(t), map[shard.Partition]int64{purchases: int64(offset)})
		if err == nil || errors.Is(err, ErrGenerationEnded) != row.ended {
			t.Errorf("the coordinator answers %v: %v, want an end of the generation: %t", row.answer, err, row.ended)
		}
	}
}

func TestHandlerDecidesWhatFollows(t *testing.T) {
	eachBroker(t, func(t *testing.T, b broker) {
		bad := errors.New("bad")
		for _, row := range []struct {
			name   string
			first  func(ctx context.Context, g *Generation) error
			again  bool // whether a second generation follows
			notice error
			want   error
		}{
			{"done", func(context.Context, *Generation) error { return nil }, false, nil, nil},
			{"fatal", func(context.Context, *Generation) error { return bad }, false, nil, bad},
			{"retryable", func(context.Context, *Generation) error { return fmt.Errorf("lane: %w", Retryable(bad)) }, true, bad, nil},
			{"a commit came too late", func(context.Context, *Generation) error { return ErrGenerationEnded }, true, nil, nil},
			{"a context of its own", func(context.Context, *Generation) error { return context.Canceled }, false, nil, context.Canceled},
		} {
			t.Run(row.name, func(t *testing.T) {
				b.withTopics(t, 1)
				calls := 0
				m := join(t, b.config(), func(ctx context.Context, g *Generation) error {
					if calls++; calls == 1 {
						return row.first(ctx, g)
					}
					return nil
				})
				if err := wait(t, "end of Run", m.left); !errors.Is(err, row.want) {
					t.Errorf("Run: %v, want %v", err, row.want)
				}
				if calls != 1 && !row.again || calls != 2 && row.again {
					t.Errorf("%d generations, want another one: %t", calls, row.again)
				}
				if row.notice != nil {
					if err := wait(t, "notice", m.notices); !errors.Is(err, row.notice) {
						t.Errorf("notice of %v, want %v", err, row.notice)
					}
				}
			})
		}
	})
}

func TestGroupWaitsForBrokersAndTopics(t *testing.T) {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := free.Addr().String()
	if err := free.Close(); err != nil {
		t.Fatal(err)
	}
	config := brisk(addr)
	config.RequestTimeout = time.Second
	m := join(t, config, idle)
	if err := wait(t, "notice of a broker that is down", m.notices); ErrorClass(err) != "network" {
		t.Errorf("notice %q of class %q, want one of the network", err, ErrorClass(err))
	}
	_, digits, _ := net.SplitHostPort(addr)
	port, _ := strconv.Atoi(digits)
	broker, err := embed.StartKafka(port)
	if err != nil {
		t.Fatal(err)
	}
	defer broker.Close()
	for err := wait(t, "notice", m.notices); !errors.Is(err, ErrTopicMissing); err = wait(t, "notice of missing topics", m.notices) {
		if m.group.Joined() {
			t.Fatal("joined without topics")
		}
	}
	if err := open(t, config).CreateTopics(bounded(t), 2, 1); err != nil {
		t.Fatal(err)
	}
	m.owning(t, 2)
	if !m.group.Joined() {
		t.Error("Joined is false while a generation is handled")
	}
	m.leave()
	if err := wait(t, "end of Run", m.left); err != nil || m.group.Joined() {
		t.Errorf("Run: %v, joined %t; want nil and false", err, m.group.Joined())
	}
}

func TestGroupJoinsAgainAfterALostConnection(t *testing.T) {
	broker, _ := withTopics(t, 2)
	m := join(t, brisk(broker.Addr()), idle)
	first := m.owning(t, 2)
	broker.Broker().ControlKey(int16(kmsg.Heartbeat), func(kmsg.Request) (kmsg.Response, error, bool) {
		return nil, errors.New("cut the connection"), true
	})
	second := m.owning(t, 2)
	if second.ID() <= first.ID() {
		t.Errorf("generation %d after %d, want a later one", second.ID(), first.ID())
	}
	// The broker still knows the member; only this process has given the first generation up.
	if err := first.CommitOffsets(bounded(t), map[shard.Partition]int64{purchases: 1}); !errors.Is(err, ErrGenerationEnded) {
		t.Errorf("commit by the first generation: %v, want %v", err, ErrGenerationEnded)
	}
}

func TestGroupRefusesUnequalPartitionCounts(t *testing.T) {
	broker := startBroker(t)
	for topic, n := range map[event.Topic]int32{event.Purchases: 4, event.Interactions: 2, event.Feedbacks: 4, event.Links: 4} {
		if err := broker.Broker().CreateTopic(string(topic), n, nil); err != nil {
			t.Fatal(err)
		}
	}
	m := join(t, brisk(broker.Addr()), idle)
	err := wait(t, "end of Run", m.left)
	if !errors.Is(err, ErrUnequalPartitions) || ErrorClass(err) != "unequal_partitions" {
		t.Errorf("Run: %v, want %v", err, ErrUnequalPartitions)
	}
}

func addPartitions(t *testing.T, addr string, count int32, topics ...string) {
	request := &kafkago.CreatePartitionsRequest{}
	for _, topic := range topics {
		request.Topics = append(request.Topics, kafkago.TopicPartitionsConfig{Name: topic, Count: count})
	}
	admin := &kafkago.Client{Addr: kafkago.TCP(addr), Timeout: bound, Transport: &kafkago.Transport{}}
	answer, err := admin.CreatePartitions(bounded(t), request)
	if err != nil {
		t.Fatal(err)
	}
	for topic, err := range answer.Errors {
		if err != nil {
			t.Fatalf("add partitions to %s: %v", topic, err)
		}
	}
}

// However soon after a join they are added.
func TestGroupTakesNewPartitions(t *testing.T) {
	eachBroker(t, func(t *testing.T, b broker) {
		b.withTopics(t, 2)
		m := join(t, b.config(), idle)
		m.owning(t, 2)
		addPartitions(t, b.addr, 4, inputNames()...)
		m.owning(t, 4)
	})
}

// Partitions are added to one topic before the others: the member stops rather than split customers, says so, and goes on when all topics
// have grown.
func TestGroupWaitsWhilePartitionCountsPart(t *testing.T) {
	eachBroker(t, func(t *testing.T, b broker) {
		b.withTopics(t, 2)
		m := join(t, b.config(), idle)
		before := m.owning(t, 2)
		addPartitions(t, b.addr, 3, string(event.Purchases))
		for {
			err := wait(t, "notice of the unequal counts", m.notices)
			if errors.Is(err, ErrUnequalPartitions) || errors.Is(err, ErrUnequalAssignment) {
				break
			}
		}
		if before.life.Err() == nil {
			t.Error("the generation from before still runs")
		}
		for _, topic := range inputNames() {
			if topic != string(event.Purchases) {
				addPartitions(t, b.addr, 3, topic)
			}
		}
		m.owning(t, 3)
	})
}

// Another kind of member may deal the partitions in its own way.
func TestGenerationRefusesAnUnequalAssignment(t *testing.T) {
	one, two := []kafkago.PartitionAssignment{{ID: 1}}, []kafkago.PartitionAssignment{{ID: 2}}
	_, err := newGeneration(t.Context(), &Cluster{}, &kafkago.Generation{Assignments: map[string][]kafkago.PartitionAssignment{
		string(event.Purchases): one, string(event.Interactions): two, string(event.Feedbacks): one,
	}})
	if !errors.Is(err, ErrUnequalAssignment) || !strings.Contains(err.Error(), "[2] of "+string(event.Interactions)) {
		t.Errorf("%v, want %v that names the topic", err, ErrUnequalAssignment)
	}
}

func TestGroupRefusesSettingsThatTheBrokersRefuse(t *testing.T) {
	eachBroker(t, func(t *testing.T, b broker) {
		b.withTopics(t, 1)
		config := b.config()
		config.SessionTimeout, config.Heartbeat = 40*time.Millisecond, 10*time.Millisecond
		m := join(t, config, idle)
		if err := wait(t, "end of Run", m.left); !errors.Is(err, kafkago.InvalidSessionTimeout) {
			t.Errorf("Run: %v, want %v", err, kafkago.InvalidSessionTimeout)
		}
	})
}

// A join can hang for the whole rebalance timeout, here for a member that will not let go. Leaving does not.
func TestLeavingDoesNotWaitForAJoin(t *testing.T) {
	broker, _ := withTopics(t, 2)
	config := brisk(broker.Addr())
	config.RebalanceTimeout, config.SessionTimeout = time.Hour, time.Minute
	release := make(chan struct{})
	a := join(t, config, func(context.Context, *Generation) error { <-release; return nil })
	defer close(release)
	a.owning(t, 2)
	b := join(t, config, idle)
	if _, err := broker.Broker().WaitGroupInfo(bounded(t), "test", groupOf(2)); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	b.leave()
	if err := wait(t, "end of b", b.left); err != nil {
		t.Errorf("Run: %v, want nil", err)
	}
	if took := time.Since(begun); took < leaveTimeout || took > 4*leaveTimeout {
		t.Errorf("leaving took %v, want %v and little more", took, leaveTimeout)
	}
}

func TestCopartitionedBalancer(t *testing.T) {
	for members := 1; members <= 7; members++ {
		var group []kafkago.GroupMember
		for i := range members {
			group = append(group, kafkago.GroupMember{ID: fmt.Sprintf("m%d", (i*5)%7), Topics: inputNames()})
		}
		// Brokers list partitions in any order.
		orders := map[string][]int{
			string(event.Purchases): {0, 1, 2, 3, 4}, string(event.Interactions): {4, 2, 0, 1, 3}, string(event.Feedbacks): {3, 4, 1, 0, 2},
			string(event.Links): {2, 1, 4, 3, 0},
		}
		var partitions []kafkago.Partition
		for topic, order := range orders {
			for _, id := range order {
				partitions = append(partitions, kafkago.Partition{Topic: topic, ID: id})
			}
		}
		seen := make(map[int]int)
		for id, own := range (copartitioned{}).AssignGroups(group, partitions) {
			for _, topic := range inputNames() {
				if !slices.Equal(own[topic], own[string(event.Purchases)]) {
					t.Errorf("%d members: %s owns %v of %s and %v of %s, want the same", members, id, own[topic], topic, own[string(event.Purchases)], event.Purchases)
				}
			}
			for _, p := range own[string(event.Purchases)] {
				seen[p]++
			}
			if n, least := len(own[string(event.Purchases)]), 5/members; n < least || n > least+1 {
				t.Errorf("%d members: %s owns %d of 5 partitions, want an even share", members, id, n)
			}
		}
		for p := range 5 {
			if seen[p] != 1 {
				t.Errorf("%d members: partition %d has %d owners, want 1", members, p, seen[p])
			}
		}
	}
}
