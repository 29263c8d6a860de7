package avro

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// fakeRegistry answers like a Confluent schema registry, as far as we ask.
type fakeRegistry struct {
	mu       sync.Mutex
	subjects map[string][]int // schema ids by subject
	schemas  map[int]string
	guids    map[string]int
	levels   map[string]string // compatibility by subject
	asked    map[string]int    // requests by method and path
	// broken answers instead, where set.
	broken http.HandlerFunc
	// closed refuses to register.
	closed bool
}

func (f *fakeRegistry) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked[r.Method+" "+r.URL.Path]++
	if f.broken != nil {
		f.broken(w, r)
		return
	}
	var body struct{ Schema, Compatibility string }
	_ = json.NewDecoder(r.Body).Decode(&body)
	path := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	switch {
	case len(path) == 3 && path[0] == "schemas" && path[1] == "ids":
		id, _ := strconv.Atoi(path[2])
		f.schema(w, id)
	case len(path) == 3 && path[0] == "schemas" && path[1] == "guids":
		f.schema(w, f.guids[path[2]])
	case len(path) == 2 && path[0] == "subjects": // look up
		ids, known := f.subjects[path[1]]
		if !known {
			refuse(w, 404, 40401)
			return
		}
		for _, id := range ids {
			if f.schemas[id] == body.Schema {
				answer(w, map[string]any{"subject": path[1], "id": id, "version": 1, "schema": body.Schema})
				return
			}
		}
		refuse(w, 404, 40403)
	case len(path) == 3 && path[0] == "subjects" && path[2] == "versions": // register
		if f.closed {
			refuse(w, 403, 40301)
			return
		}
		id := len(f.schemas) + 1
		f.schemas[id] = body.Schema
		f.subjects[path[1]] = append(f.subjects[path[1]], id)
		answer(w, map[string]any{"id": id})
	case len(path) == 2 && path[0] == "config" && r.Method == http.MethodPut:
		f.levels[path[1]] = body.Compatibility
		answer(w, map[string]any{"compatibility": body.Compatibility})
	case len(path) == 2 && path[0] == "config":
		level, own := f.levels[path[1]]
		if !own && r.URL.Query().Get("defaultToGlobal") != "true" {
			refuse(w, 404, 40408)
			return
		}
		if !own {
			level = "BACKWARD"
		}
		answer(w, map[string]any{"compatibilityLevel": level})
	case path[0] == "compatibility":
		answer(w, map[string]any{"is_compatible": false, "messages": []string{"READER_FIELD_MISSING_DEFAULT_VALUE"}})
	default:
		http.NotFound(w, r)
	}
}

func (f *fakeRegistry) schema(w http.ResponseWriter, id int) {
	text, known := f.schemas[id]
	if !known {
		refuse(w, 404, 40403)
		return
	}
	answer(w, map[string]any{"schema": text})
}

func answer(w http.ResponseWriter, v any) { _ = json.NewEncoder(w).Encode(v) }

func refuse(w http.ResponseWriter, status, code int) {
	w.WriteHeader(status)
	answer(w, map[string]any{"error_code": code, "message": "refused"})
}

func (f *fakeRegistry) requests(path string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.asked[path]
}

func (f *fakeRegistry) set(change func(*fakeRegistry)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change(f)
}

// startRegistry returns a fake registry and a client of it, whose clock the test moves.
func startRegistry(t *testing.T) (*fakeRegistry, *Registry, *time.Time) {
	t.Helper()
	f := &fakeRegistry{
		subjects: map[string][]int{}, schemas: map[int]string{}, guids: map[string]int{}, levels: map[string]string{}, asked: map[string]int{},
	}
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	r, err := NewRegistry(RegistryOptions{URLs: []string{server.URL}, User: "u", Password: "p"})
	if err != nil {
		t.Fatal(err)
	}
	clock := noon.Time()
	r.now = func() time.Time { return clock }
	return f, r, &clock
}
