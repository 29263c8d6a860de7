package service_test

import (
	"encoding/binary"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/internal/avro"
	"tidemark/internal/dataset"
	"tidemark/internal/event"
	"tidemark/internal/realdata"
	"tidemark/internal/redis"
	realservers "tidemark/internal/servers"
	"tidemark/internal/service/servicetest"
	"tidemark/internal/shard"
	"tidemark/schemas"
)

// staged is a log in stages, which a test opens one by one. In each partition the first record of a stage has a schema that the registry
// serves only after the stage is opened. A lane applies the records before, and then waits for the schema. So a test knows which records
// the service has applied, on a machine of any speed.
type staged struct {
	registry string // URL
	opened   []chan struct{}
	// ends are, by stage and partition index, where the stage ends in the purchases.
	ends []map[int]int64
	// file holds all of it, for the replay.
	file string
}

const (
	stagedPartitions = 2
	stagedAsOf       = event.Instant(899_164_800_000) // 1998-06-30T00:00:00Z
	// stageSchema is the id of the schema of stage 0, those of the others follow.
	stageSchema = 1000
)

// stagedServers returns the Kafka that the tests share, with empty topics, and a Redis at an address.
func stagedServers(t *testing.T, redis string) *servicetest.Servers {
	t.Helper()
	s := servicetest.At(t, pool.Kafka(t, realservers.Kafka4).Addr(), redis)
	s.DeleteTopics(t)
	s.CreateTopics(t, stagedPartitions)
	return s
}

// purchases returns the purchases of one customer in six of the CDNOW sample, in canonical order.
func purchases(t *testing.T) []event.Event {
	t.Helper()
	log, err := dataset.Read(dataset.CDNOWSample, []string{realdata.File(t, "cdnow/CDNOW_sample.txt")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	customers := map[string]int{}
	events := slices.DeleteFunc(log.Events, func(x event.Event) bool {
		customer := x.Common().Customer
		if _, ok := customers[customer]; !ok {
			customers[customer] = len(customers)
		}
		return customers[customer]%6 != 0
	})
	dataset.Sort(events)
	return events
}

// split cuts events after so many percent of them.
func split(events []event.Event, percents ...int) [][]event.Event {
	var parts [][]event.Event
	begin := 0
	for _, percent := range append(percents, 100) {
		end := len(events) * percent / 100
		parts = append(parts, slices.Clone(events[begin:end]))
		begin = end
	}
	return parts
}

// indexOf returns the partition index of an event.
func indexOf(x event.Event) int { return shard.Murmur2.Of(x.Common().Customer, stagedPartitions) }

// sendStaged writes a log to the servers, each event recorded when it occurred. Its first stage is open.
func sendStaged(t *testing.T, s *servicetest.Servers, stages ...[]event.Event) *staged {
	t.Helper()
	codec, err := avro.New(avro.Options{})
	if err != nil {
		t.Fatal(err)
	}
	g := &staged{file: filepath.Join(t.TempDir(), "log.jsonl")}
	var records []*kgo.Record
	ends := map[int]int64{}
	for n, events := range stages {
		begun := map[int]bool{}
		for _, x := range events {
			r, index := servicetest.Encoded(t, codec, x, x.Common().OccurredAt.Time()), indexOf(x)
			if !begun[index] {
				binary.BigEndian.PutUint32(r.Value[1:], uint32(stageSchema+n))
			}
			begun[index] = true
			ends[index]++
			records = append(records, r)
		}
		g.ends, g.opened = append(g.ends, maps.Clone(ends)), append(g.opened, make(chan struct{}))
	}
	if err := s.Log.ProduceSync(t.Context(), records...).FirstErr(); err != nil {
		t.Fatal(err)
	}
	g.write(t, slices.Concat(stages...))
	server := httptest.NewServer(g)
	t.Cleanup(server.Close)
	g.registry = server.URL
	g.open(0)
	return g
}

func (g *staged) write(t *testing.T, events []event.Event) {
	t.Helper()
	to, err := os.Create(g.file)
	if err != nil {
		t.Fatal(err)
	}
	defer to.Close()
	if err := dataset.WriteJSONL(to, events); err != nil {
		t.Fatal(err)
	}
}

// open makes the schema of a stage known, so that the service can read the stage.
func (g *staged) open(stage int) { close(g.opened[stage]) }

// ServeHTTP is the registry: it holds our own schemas under their fixed ids, and those of the stages.
func (g *staged) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	if len(path) == 3 && path[0] == "schemas" {
		id, _ := strconv.Atoi(path[2])
		select {
		case <-g.opened[id-stageSchema]:
		case <-r.Context().Done(): // the client has given up, and will ask again
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"schema": schemas.All()[0].Text})
		return
	}
	for _, s := range schemas.All() {
		if slices.Contains(path, s.Subject()) {
			_ = json.NewEncoder(w).Encode(map[string]any{"subject": s.Subject(), "id": s.ID, "version": 1, "schema": s.Text})
			return
		}
	}
	http.NotFound(w, r)
}

// serve starts the service on the log, in small batches. Its settings may be changed first.
func (g *staged) serve(t *testing.T, s *servicetest.Servers, change ...func(*settings)) *member {
	t.Helper()
	c := settings{asOf: stagedAsOf, shards: servicetest.Shards, batch: 10, drainWithin: 10 * time.Second, registry: g.registry}
	for _, f := range change {
		f(&c)
	}
	return start(t, "the service", s, c)
}

// replay replays the log with a model. An empty source is the default model.
func (g *staged) replay(t *testing.T, source string) servicetest.Replayed {
	t.Helper()
	return replayOf(t, g.file, source, stagedAsOf)
}

// half reports whether a lane has applied at least half of a stage.
func (g *staged) half(heads []shard.Audit, stage, index int) bool {
	begin := int64(0)
	if stage > 0 {
		begin = g.ends[stage-1][index]
	}
	return reached(heads, index, (begin+g.ends[stage][index]+1)/2)
}

// reached reports whether a lane has applied the purchases below an offset, by the highest mark.
func reached(heads []shard.Audit, index int, offset int64) bool {
	p := shard.Partition{Topic: event.Purchases, Index: index}
	return slices.ContainsFunc(heads, func(a shard.Audit) bool { return a.Meta.Marks[p] >= offset })
}

// finish waits until the service has processed the whole log, ends it, and compares the servers with the replay.
func (g *staged) finish(t *testing.T, s *servicetest.Servers, m *member) {
	t.Helper()
	g.finishUnder(t, s, m, "")
}

// finishUnder is finish, under the model of a source.
func (g *staged) finishUnder(t *testing.T, s *servicetest.Servers, m *member, source string) {
	t.Helper()
	g.await(t, s)
	m.awaitEnd(t, s)
	g.compare(t, s, source)
}

// await waits until all shards have seen the whole log, and the group has committed its end.
func (g *staged) await(t *testing.T, s *servicetest.Servers) {
	t.Helper()
	servicetest.Eventually(t, servicetest.Longest, "all shards have seen the whole log", func() bool {
		for _, a := range audits(t, s.Data) {
			for index, end := range g.ends[len(g.ends)-1] {
				if a.Meta.Marks[shard.Partition{Topic: event.Purchases, Index: index}] != end {
					return false
				}
			}
		}
		return true
	})
	s.AwaitCaughtUp(t)
}

// compare compares the servers with the replay, under the model of a source. Nobody may write to the servers any more.
func (g *staged) compare(t *testing.T, s *servicetest.Servers, source string) {
	t.Helper()
	want := g.replay(t, source)
	want.Compare(t, s)
	want.ComparePopulation(t, s)
	for n, audit := range audits(t, s.Data) {
		if !audit.Intact() {
			t.Errorf("shard %d: its head counts %+v, its keys hold %+v", n, audit.Meta.Counts, audit.Actual)
		}
	}
}

// audits reads the heads of all shards, and counts what their keys hold.
func audits(t *testing.T, client goredis.UniversalClient) []shard.Audit {
	t.Helper()
	store, err := redis.New(client, "", shard.Layout{Shards: servicetest.Shards})
	if err != nil {
		t.Fatal(err)
	}
	all := make([]int, servicetest.Shards)
	for n := range all {
		all[n] = n
	}
	found, err := store.Audit(t.Context(), all)
	if err != nil {
		t.Fatal(err)
	}
	return found
}
