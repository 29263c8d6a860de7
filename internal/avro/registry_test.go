package avro

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/stream"
	"tidemark/schemas"
)

// reframed is a record under another schema id.
func reframed(r stream.Record, id int) stream.Record {
	value := append([]byte(nil), r.Value...)
	value[1], value[2], value[3], value[4] = byte(id>>24), byte(id>>16), byte(id>>8), byte(id)
	r.Value = value
	return r
}

func TestBothFramingsOfASchemaDecode(t *testing.T) {
	_, registry, _ := startRegistry(t)
	ids, err := registry.Register(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	with := newCodec(t, Options{Registry: registry, IDs: ids})
	without := newCodec(t, Options{})
	for _, e := range []event.Event{samplePurchase(), sampleInteraction(), sampleFeedback()} {
		a, b := message(t, with, e), message(t, without, e)
		if a.Value[1] == b.Value[1] {
			t.Errorf("%T: both are framed with % x, want the registry's id and ours", e, a.Value[:5])
		}
		for _, r := range []stream.Record{a, b} {
			if _, err := with.Decode(r); err != nil {
				t.Errorf("%T framed with % x: %v", e, r.Value[:5], err)
			}
		}
		if _, err := without.Decode(a); event.ReasonOf(err) != event.UnknownSchema {
			t.Errorf("%T of a registry, without one: got %v, want %s", e, err, event.UnknownSchema)
		}
	}
	if out := encode(t, with, sampleTier()); out.Value[1] != 0 {
		t.Errorf("a transition is framed with % x, want the registry's id", out.Value[:5])
	}
}

func TestTheWritersSchemaIsAskedForOnce(t *testing.T) {
	f, registry, _ := startRegistry(t)
	older := strings.Replace(ourText(t, schemas.Feedbacks), `"name": "scale_max"`, `"name": "scale_top"`, 1)
	f.set(func(f *fakeRegistry) {
		f.schemas[77] = older
		f.guids["00010203-0405-0607-0809-0a0b0c0d0e0f"] = 77
	})
	c := newCodec(t, Options{Registry: registry})
	nps := sampleFeedback()
	nps.Kind, nps.Score, nps.Min, nps.Max = event.NPS, 9, 0, 10
	r := reframed(message(t, c, nps), 77)

	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for range 50 {
				got, err := c.Decode(r)
				if err != nil {
					t.Errorf("decode: %v", err)
					return
				}
				if share := got.(*event.Feedback).Share(); share != .9 {
					t.Errorf("share %g, want 0.9", share)
				}
			}
		})
	}
	wait.Wait()
	if got := f.requests("GET /schemas/ids/77"); got != 1 {
		t.Errorf("the registry was asked %d times, want once", got)
	}

	bare := r
	bare.Value = r.Value[5:]
	bare.Headers = []stream.Header{{Key: "other"}, {Key: schemaHeader, Value: []byte{1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}}}
	if _, err := c.Decode(bare); err != nil {
		t.Errorf("schema named by a GUID in the header: %v", err)
	}
	bare.Headers[1].Value = []byte{0, 0, 0, 0, 77}
	if _, err := c.Decode(bare); err != nil {
		t.Errorf("schema named by a number in the header: %v", err)
	}
	if got := f.requests("GET /schemas/ids/77"); got != 1 {
		t.Errorf("the registry was asked %d times, want once", got)
	}
}

func TestSchemasOfTheRegistryThatAreNotOurs(t *testing.T) {
	f, registry, clock := startRegistry(t)
	f.set(func(f *fakeRegistry) {
		f.schemas[1] = ourText(t, schemas.Feedbacks)
		f.schemas[2] = `syntax = "proto3"; message Purchase {}`
		f.schemas[3] = `{"type": "record", "name": "Purchase", "fields": []}`
		f.schemas[4] = `"` + strings.Repeat("x", 5*maxSchema) + `"`
	})
	c := newCodec(t, Options{Registry: registry})
	r := message(t, c, samplePurchase())
	_, _ = c.Decode(reframed(r, 5)) // which may become known
	*clock = clock.Add(unsureFor)
	for id, name := range map[int]string{
		1: "a feedback among the purchases", 2: "not Avro", 3: "a record that lacks everything", 4: "an answer without end", 5: "an id that is not there",
		0: "the id zero", -1: "a negative id",
	} {
		if _, err := c.Decode(reframed(r, id)); event.ReasonOf(err) != event.UnknownSchema {
			t.Errorf("%s: got %v, want %s", name, err, event.UnknownSchema)
		}
	}
	if got := f.requests("GET /schemas/ids/0") + f.requests("GET /schemas/ids/-1"); got != 0 {
		t.Errorf("the registry was asked %d times for what cannot be an id", got)
	}
}

// TestRegistryWithoutGUIDs: a registry that is older than GUIDs does not know the path that asks for one. The record goes to the dead
// letters; it does not wait for ever, and hold up what is behind it.
func TestRegistryWithoutGUIDs(t *testing.T) {
	f, registry, _ := startRegistry(t)
	f.set(func(f *fakeRegistry) { f.broken = func(w http.ResponseWriter, _ *http.Request) { refuse(w, 404, 404) } })
	c := newCodec(t, Options{Registry: registry})
	r := message(t, c, samplePurchase())
	r.Value = r.Value[5:]
	r.Headers = append(r.Headers, stream.Header{Key: "__value_schema_id", Value: append([]byte{1}, make([]byte, 16)...)})
	if _, err := c.Decode(r); event.ReasonOf(err) != event.UnknownSchema || errors.Is(err, stream.ErrSchemaUnavailable) {
		t.Errorf("got %v, want %s", err, event.UnknownSchema)
	}
}

func TestAnUnknownIDIsNotAskedForAgainAtOnce(t *testing.T) {
	f, registry, clock := startRegistry(t)
	c := newCodec(t, Options{Registry: registry})
	r := reframed(message(t, c, samplePurchase()), 9)
	_, _ = c.Decode(r)
	*clock = clock.Add(unsureFor)
	before := f.requests("GET /schemas/ids/9")
	for range 10 {
		if _, err := c.Decode(r); event.ReasonOf(err) != event.UnknownSchema {
			t.Fatalf("got %v, want %s", err, event.UnknownSchema)
		}
	}
	if got := f.requests("GET /schemas/ids/9") - before; got != 1 {
		t.Errorf("asked %d times within a minute, want once", got)
	}
	f.set(func(f *fakeRegistry) { f.schemas[9] = ourText(t, schemas.Purchases) })
	*clock = clock.Add(unknownFor)
	if _, err := c.Decode(r); err != nil {
		t.Errorf("registered in the meantime: %v", err)
	}
}

func TestASilentRegistryIsNoVerdict(t *testing.T) {
	f, registry, clock := startRegistry(t)
	f.set(func(f *fakeRegistry) { f.schemas[9] = ourText(t, schemas.Purchases) })
	c := newCodec(t, Options{Registry: registry})
	own := message(t, c, samplePurchase())
	r := reframed(own, 9)
	for _, row := range []struct {
		name   string
		broken http.HandlerFunc
	}{
		{"an error of the server", func(w http.ResponseWriter, _ *http.Request) { refuse(w, 500, 50001) }},
		{"not allowed in", func(w http.ResponseWriter, _ *http.Request) { refuse(w, 401, 401) }},
		{"some other web site", func(w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) }},
		{"not JSON", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>") }},
		{"no answer", func(w http.ResponseWriter, _ *http.Request) { panic(http.ErrAbortHandler) }},
	} {
		f.set(func(f *fakeRegistry) { f.broken = row.broken })
		var invalid *event.Invalid
		if _, err := c.Decode(r); !errors.Is(err, stream.ErrSchemaUnavailable) || errors.As(err, &invalid) {
			t.Errorf("%s: got %v, want %v", row.name, err, stream.ErrSchemaUnavailable)
		}
		if _, err := c.Decode(own); err != nil {
			t.Errorf("%s: our own schema: %v", row.name, err)
		}
		*clock = clock.Add(silentFor)
	}
	before := f.requests("GET /schemas/ids/9")
	for range 5 {
		_, _ = c.Decode(r)
	}
	if got := f.requests("GET /schemas/ids/9") - before; got != 1 {
		t.Errorf("a silent registry was asked %d times at one instant, want once", got)
	}
	f.set(func(f *fakeRegistry) { f.broken = nil })
	*clock = clock.Add(silentFor)
	if _, err := c.Decode(r); err != nil {
		t.Errorf("it answers again: %v", err)
	}
}

func TestASlowRegistryIsGivenUp(t *testing.T) {
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-release:
		case <-r.Context().Done():
		}
	}))
	defer server.Close()
	defer close(release)
	registry, err := NewRegistry(RegistryOptions{URLs: []string{server.URL}, Timeout: 20 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	c := newCodec(t, Options{Registry: registry})
	if _, err := c.Decode(reframed(message(t, c, samplePurchase()), 9)); !errors.Is(err, stream.ErrSchemaUnavailable) {
		t.Errorf("got %v, want %v", err, stream.ErrSchemaUnavailable)
	}
}

func TestMadeUpIDsDoNotFloodTheRegistry(t *testing.T) {
	f, registry, clock := startRegistry(t)
	c := newCodec(t, Options{Registry: registry})
	r := message(t, c, samplePurchase())
	flood := func(first int) (unknown, later int) {
		for id := first; id < first+1000; id++ {
			switch _, err := c.Decode(reframed(r, id)); {
			case errors.Is(err, stream.ErrSchemaUnavailable):
				later++
			case event.ReasonOf(err) == event.UnknownSchema:
				unknown++
			}
		}
		return unknown, later
	}
	if unknown, later := flood(1); unknown != burst-waits || later != 1000-burst+waits {
		t.Errorf("%d judged and %d put off, want %d and %d", unknown, later, burst-waits, 1000-burst+waits)
	}
	*clock = clock.Add(time.Second)
	if unknown, _ := flood(5000); unknown != perSecond {
		t.Errorf("%d judged a second later, want %d", unknown, perSecond)
	}
	total := 0
	f.set(func(f *fakeRegistry) {
		for _, n := range f.asked {
			total += n
		}
	})
	if want := burst + perSecond; total != want {
		t.Errorf("%d requests, want %d", total, want)
	}
}

func TestTheMemoryOfSchemasIsBounded(t *testing.T) {
	_, registry, _ := startRegistry(t)
	for id := range uint32(3 * maxKnown) {
		e := entry{}
		if id%2 == 0 {
			e.until = registry.now().Add(unknownFor)
		}
		registry.remember(schemaID{number: id}, e)
	}
	if got := len(registry.entries); got > maxKnown {
		t.Errorf("%d schemas are remembered, want at most %d", got, maxKnown)
	}
}

func TestRegister(t *testing.T) {
	f, registry, _ := startRegistry(t)
	first, err := registry.Register(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range schemas.All() {
		if f.levels[s.Subject()] != "BACKWARD" {
			t.Errorf("%s has compatibility %q, want BACKWARD", s.Subject(), f.levels[s.Subject()])
		}
		if got := f.schemas[int(first[s.Topic])]; got != s.Text {
			t.Errorf("%s: id %d is %.40q, want our schema", s.Topic, first[s.Topic], got)
		}
	}
	f.set(func(f *fakeRegistry) {
		f.closed = true
		f.levels[schemas.Purchases+"-value"] = "FULL_TRANSITIVE"
	})
	second, err := registry.Register(t.Context())
	if err != nil {
		t.Fatalf("a registry that is closed to us, but has our schemas: %v", err)
	}
	if fmt.Sprint(first) != fmt.Sprint(second) {
		t.Errorf("ids %v the second time, want %v", second, first)
	}
	if got := f.levels[schemas.Purchases+"-value"]; got != "FULL_TRANSITIVE" {
		t.Errorf("compatibility became %s, want what somebody chose", got)
	}
	if got, want := len(f.schemas), len(schemas.All()); got != want {
		t.Errorf("%d schemas registered, want %d", got, want)
	}

	_, empty, _ := startRegistry(t)
	empty.client, f.subjects = registry.client, map[string][]int{}
	if _, err := empty.Register(t.Context()); err == nil || !strings.Contains(err.Error(), "customer.purchases.v1-value") {
		t.Errorf("a registry that is closed to us: got %v, want an error that names the subject", err)
	}
}

func TestCheck(t *testing.T) {
	f, registry, _ := startRegistry(t)
	if got, want := len(registry.Check(t.Context())), len(schemas.All()); got != want {
		t.Errorf("an empty registry: %d findings, want %d", got, want)
	}
	if _, err := registry.Register(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := registry.Check(t.Context()); len(got) != 0 {
		t.Errorf("just registered: %v, want nothing to find", got)
	}
	f.set(func(f *fakeRegistry) {
		f.levels[schemas.Purchases+"-value"] = "NONE"
		f.schemas[f.subjects[schemas.Scores+"-value"][0]] = `"string"`
	})
	findings := registry.Check(t.Context())
	var got []string
	for _, finding := range findings {
		got = append(got, finding.Subject)
	}
	want := []string{"customer.purchases.v1-value", "customer.scores.v1-value", "customer.scores.v1-value"} // not registered, and not compatible
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("findings %v, want about %v", findings, want)
	}
	f.set(func(f *fakeRegistry) {
		f.broken = func(w http.ResponseWriter, _ *http.Request) { refuse(w, 503, 50300) }
	})
	if got := registry.Check(t.Context()); len(got) != 1 || got[0].Mend == "" {
		t.Errorf("a registry that is down: %v, want it said once, with what to do", got)
	}
}

func TestSubjects(t *testing.T) {
	want := "customer.purchases.v1-value customer.interactions.v1-value customer.feedback.v1-value customer.tier-changes.v1-value " +
		"customer.churn-alerts.v1-value customer.win-backs.v1-value customer.scores.v1-value customer.erasures.v1-value customer.links.v1-value customer.tier-notices.v1-value customer.segment-changes.v1-value"
	if got := strings.Join(Subjects(), " "); got != want {
		t.Errorf("subjects %s, want %s", got, want)
	}
}
