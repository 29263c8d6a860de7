package release

import (
	"cmp"
	"embed"
	"encoding/json"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"tidemark/internal/dataset"
	"tidemark/internal/event"
)

// Files has the folder testdata.
//
//go:embed testdata
var Files embed.FS

// Cut and AsOf are the instants that the folders have in common: redis.json holds the events before Cut, and a service that goes on
// evaluates all customers at AsOf.
const (
	Cut  = event.Instant(1_772_323_200_000) // 2026-03-01T00:00:00Z
	AsOf = event.Instant(1_790_812_800_000) // 2026-10-01T00:00:00Z
)

// Shards is the number of shards in redis.json. The topics have one partition.
const Shards = 2

// Release is what one release has written.
type Release struct{ Number int }

// All returns the releases, oldest first.
func All(t testing.TB) []Release {
	t.Helper()
	folders, err := fs.ReadDir(Files, "testdata")
	if err != nil {
		t.Fatal(err)
	}
	releases := make([]Release, len(folders))
	for i, folder := range folders {
		if releases[i].Number, err = strconv.Atoi(folder.Name()); err != nil {
			t.Fatalf("testdata: a folder is named by the number of its release: %v", err)
		}
	}
	slices.SortFunc(releases, func(a, b Release) int { return cmp.Compare(a.Number, b.Number) })
	return releases
}

// Newest returns the newest release.
func Newest(t testing.TB) Release {
	t.Helper()
	all := All(t)
	return all[len(all)-1]
}

// Name is the name of the folder.
func (r Release) Name() string { return strconv.Itoa(r.Number) }

// Events returns the events of the log, in canonical order, and the number of events before Cut.
func (r Release) Events(t testing.TB) (events []event.Event, before int) {
	t.Helper()
	log, err := dataset.Read(dataset.JSONL, []string{r.Log(t)}, nil)
	if err != nil || len(log.Rejected) > 0 {
		t.Fatalf("the log of release %d: %v, rejected %v, want all events accepted", r.Number, err, log.Rejected)
	}
	dataset.Sort(log.Events)
	before = slices.IndexFunc(log.Events, func(x event.Event) bool { return x.StatedAt() >= Cut })
	if before < 1 {
		t.Fatalf("the log of release %d: want events on both sides of %s", r.Number, Cut)
	}
	return log.Events, before
}

// Log writes the log to a file of the test, and returns its name.
func (r Release) Log(t testing.TB) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "log.jsonl")
	if err := os.WriteFile(name, r.file(t, "log.jsonl"), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// Keys returns the keys of Redis.
func (r Release) Keys(t testing.TB) Keys { return read[Keys](t, r, "redis.json") }

// Profiles returns the profiles.
func (r Release) Profiles(t testing.TB) []Profile { return read[[]Profile](t, r, "profiles.json") }

// Messages returns the messages.
func (r Release) Messages(t testing.TB) []Message { return read[[]Message](t, r, "messages.json") }

func (r Release) file(t testing.TB, name string) []byte {
	t.Helper()
	raw, err := fs.ReadFile(Files, path.Join("testdata", r.Name(), name))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func read[T any](t testing.TB, r Release, name string) T {
	t.Helper()
	var into T
	if err := json.Unmarshal(r.file(t, name), &into); err != nil {
		t.Fatalf("%s of release %d: %v", name, r.Number, err)
	}
	return into
}

// Profile is a profile as a release encoded it.
type Profile struct {
	Customer string `json:"customer"`
	// When is "cut" for a profile that holds the events before Cut, "cut, another model since" for one whose model another has replaced
	// at Cut, "end" for one that holds all and is evaluated at AsOf, "end, merged" for such a one if some customers had been merged before.
	When    string `json:"when"`
	Encoded Bytes  `json:"encoded"`
	// Holds are the values in the profile, by name.
	Holds map[string]string `json:"holds"`
}

// Message is a message as a release read or wrote it.
type Message struct {
	Topic string `json:"topic"`
	Key   string `json:"key"`
	Value Bytes  `json:"value"`
	// Says is the record in Avro's JSON.
	Says json.RawMessage `json:"says"`
}
