package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tidemark/internal/event"
)

// town is what the public views and the profiles show, and the service that applies what is published.
type town struct {
	// merged are the links that the views show, scored the ids with a score; known are the ids with a profile.
	merged        map[string]string
	scored, known map[string]bool
	published     []*event.Interaction
	// waiting are events that the service has not applied yet; it does at the instant due.
	waiting []*event.Interaction
	due     time.Time
	// applies is when the service shows a link after its publication; 0 never.
	applies time.Duration
	// reads are other ids whose histories an id is read from, where they are not those that lead to it; counts the numbers that the views show.
	reads  map[string][]string
	counts map[string]int
	// erased are the instants of erasures.
	erased map[string]string
	// shows is what the service makes of a link.
	shows func(*town, *event.Interaction)
	asked string
	no    bool
	err   error
}

func newTown(ids ...string) *town {
	v := &town{merged: map[string]string{}, scored: map[string]bool{}, known: map[string]bool{}, applies: time.Second}
	for _, id := range ids {
		v.scored[id], v.known[id] = true, true
	}
	v.shows = (*town).apply
	return v
}

// apply shows what a service makes of one link.
func (v *town) apply(x *event.Interaction) {
	if x.OtherCustomer == x.Customer {
		delete(v.merged, x.Customer)
		v.scored[x.Customer] = true
		return
	}
	v.merged[x.Customer] = x.OtherCustomer
	delete(v.scored, x.Customer)
}

// settle lets the service apply what is due.
func (v *town) settle() {
	if time.Now().Before(v.due) {
		return
	}
	for _, x := range v.waiting {
		v.shows(v, x)
	}
	v.waiting = nil
}

func (v *town) Score(_ context.Context, id string) (map[string]string, error) {
	v.settle()
	if v.scored[id] {
		return map[string]string{"tier": "LOW"}, v.err
	}
	return nil, v.err
}

func (v *town) Detail(_ context.Context, id string) ([]byte, error) {
	v.settle()
	if into := v.merged[id]; into != "" {
		return fmt.Appendf(nil, `{"orders":1,"merged_into":%q}`, into), v.err
	}
	if n, ok := v.counts[id]; ok {
		return fmt.Appendf(nil, `{"orders":1,"merged_ids":%d}`, n), v.err
	}
	if v.scored[id] {
		return fmt.Appendf(nil, `{"orders":1,"merged_ids":%d}`, len(v.origins(id))), v.err
	}
	return nil, v.err
}

// origins are the ids that lead to an id.
func (v *town) origins(id string) (all []string) {
	if ids, ok := v.reads[id]; ok {
		return ids
	}
	for from := range v.merged {
		for at, steps := from, 0; steps < 9 && at != ""; at, steps = v.merged[at], steps+1 {
			if at == id && from != id {
				all = append(all, from)
				break
			}
		}
	}
	return all
}

// link runs a command in the town for at most a minute.
func (v *town) link(t *testing.T, r relink, anyway bool) (string, error) {
	var out bytes.Buffer
	var failure error
	synctest.Test(t, func(t *testing.T) {
		l := linking{
			publicViews: v, relink: r, within: time.Minute,
			known:   func(_ context.Context, id string) (bool, error) { return v.known[id], nil },
			erased:  func(_ context.Context, id string) (string, error) { return v.erased[id], nil },
			origins: func(_ context.Context, id string) ([]string, error) { v.settle(); return v.origins(id), nil },
			publish: func(_ context.Context, w io.Writer, x *event.Interaction) error {
				if err := event.Validate(x); err != nil {
					return err
				}
				v.published = append(v.published, x)
				if v.applies > 0 {
					v.waiting, v.due = append(v.waiting, x), time.Now().Add(v.applies)
				}
				_, err := fmt.Fprintln(w, "published")
				return err
			},
			ask: func(question string) bool { v.asked = question; return !v.no },
			why: func(context.Context) string { return "runs, and lags by 7 records" },
		}
		failure = l.run(t.Context(), &out, anyway)
	})
	return out.String(), failure
}

// The commands publish one MERGED_INTO, wait until the views show it, and say what it means and how it is taken back.
func TestMergeAndUnmerge(t *testing.T) {
	v := newTown("ann", "bob")
	out, err := v.link(t, relink{"ann", "bob"}, false)
	if err != nil || len(v.published) != 1 {
		t.Fatalf("merge: %v, %d events published, want one\n%s", err, len(v.published), out)
	}
	if x := v.published[0]; x.Kind != event.MergedInto || x.Customer != "ann" || x.OtherCustomer != "bob" || len(x.ID) != 32 {
		t.Errorf("merge: published %+v, want a MERGED_INTO of ann into bob", x)
	}
	for _, words := range []string{"merged_into bob", "bob has a score, and is read from the histories of 2 ids", "ann and bob are one customer", "stand under bob", "tidemark customer unmerge ann"} {
		if !strings.Contains(out, words) {
			t.Errorf("merge: %q is missing in\n%s", words, out)
		}
	}
	if !strings.Contains(v.asked, "ann and bob one customer, who goes on as bob") {
		t.Errorf("merge: asked %q", v.asked)
	}
	out, err = v.link(t, relink{"ann", "ann"}, false)
	if err != nil || len(v.published) != 2 {
		t.Fatalf("unmerge: %v, %d events published, want two\n%s", err, len(v.published), out)
	}
	if x := v.published[1]; x.Kind != event.MergedInto || x.Customer != "ann" || x.OtherCustomer != "ann" || x.ID == v.published[0].ID {
		t.Errorf("unmerge: published %+v, want a MERGED_INTO of ann into ann", x)
	}
	for _, words := range []string{"merged into nobody, and has a score of its own", "bob has a score, and is read from its own history alone", "Tiers and alerts that were told meanwhile are not taken back", "customer merge ann ID"} {
		if !strings.Contains(out, words) {
			t.Errorf("unmerge: %q is missing in\n%s", words, out)
		}
	}
}

// What is in doubt is not published, unless the user insists.
func TestLinksInDoubt(t *testing.T) {
	for _, row := range []struct {
		why    string
		change func(*town)
		link   relink
		says   string
	}{
		{"the id that goes is misspelt", func(*town) {}, relink{"anm", "bob"}, `nothing is known of the customer "anm"`},
		{"the id that stays is misspelt", func(*town) {}, relink{"ann", "bbo"}, `nothing is known of the customer "bbo"`},
		{"the id that stays was erased", func(v *town) { v.erased = map[string]string{"bbo": "2026-03-01"} }, relink{"ann", "bbo"}, `"bbo" was erased at 2026-03-01`},
		{"merged already", func(v *town) { v.merged["ann"] = "bob"; delete(v.scored, "ann") }, relink{"ann", "bob"}, "is merged into \"bob\" already"},
		{"nothing to take back", func(*town) {}, relink{"ann", "ann"}, "is merged into nobody"},
	} {
		v := newTown("ann", "bob")
		row.change(v)
		out, err := v.link(t, row.link, false)
		if err == nil || !strings.Contains(err.Error(), row.says) || !strings.Contains(err.Error(), "--anyway") || len(v.published) > 0 || out != "" {
			t.Errorf("%s: %v, %d events published; want none, and %q", row.why, err, len(v.published), row.says)
		}
		v.scored["bbo"] = true // whoever stays gets a score
		if out, err := v.link(t, row.link, true); err != nil || len(v.published) != 1 {
			t.Errorf("%s, anyway: %v, %d events published, want one\n%s", row.why, err, len(v.published), out)
		}
	}
	v := newTown("ann", "bob")
	v.no = true
	if _, err := v.link(t, relink{"ann", "bob"}, false); !errors.Is(err, errNotMeant) || len(v.published) > 0 {
		t.Errorf("not meant: %v, %d events published, want none", err, len(v.published))
	}
}

// A link that the views do not show in time fails, and says what is missing, why, and what becomes of it.
func TestLinksThatDoNotShow(t *testing.T) {
	for _, row := range []struct {
		why   string
		link  relink
		shows func(*town, *event.Interaction)
		says  string
	}{
		{"the service is away", relink{"ann", "bob"}, nil, "does not say that it is merged into bob"},
		{"the old score stays", relink{"ann", "bob"}, func(v *town, _ *event.Interaction) { v.merged["ann"] = "bob" }, "still has a score"},
		{"an older link shows", relink{"cat", "bob"}, nil, "does not say that it is merged into bob"},
		{
			"nobody stays",
			relink{"ann", "bob"},
			func(v *town, _ *event.Interaction) { v.merged["ann"] = "bob"; clear(v.scored) }, "bob has no score",
		},
		{
			"the history is not there yet",
			relink{"ann", "bob"},
			func(v *town, x *event.Interaction) { v.apply(x); v.reads = map[string][]string{"bob": nil} }, "bob is not read from the history of ann yet",
		},
		{
			"the view is that of before",
			relink{"ann", "bob"},
			func(v *town, x *event.Interaction) { v.apply(x); v.counts = map[string]int{"bob": 0} }, "the view of bob still shows its own history alone, where it is read from the histories of 2 ids",
		},
		{"it is not taken back", relink{"cat", "cat"}, nil, "still says merged_into dan"},
		{
			"the other id still reads the history",
			relink{"cat", "cat"},
			func(v *town, x *event.Interaction) { v.apply(x); v.reads = map[string][]string{"dan": {"cat"}} }, "dan is still read from the history of cat too",
		},
	} {
		v := newTown("ann", "bob", "dan")
		v.merged["cat"], v.known["cat"] = "dan", true
		if v.shows = row.shows; row.shows == nil {
			v.applies = 0
		}
		out, err := v.link(t, row.link, false)
		if !errors.Is(err, errNotLinked) || len(v.published) != 1 {
			t.Errorf("%s: %v, %d events published; want one, and %v", row.why, err, len(v.published), errNotLinked)
		}
		for _, words := range []string{row.says, "lags by 7 records", "stays in the log"} {
			if !strings.Contains(out, words) {
				t.Errorf("%s: %q is missing in\n%s", row.why, words, out)
			}
		}
	}
}

// The id that survives is the end of the chain, and the least id of a cycle.
func TestWhoSurvives(t *testing.T) {
	for _, row := range []struct {
		why    string
		merged map[string]string
		link   relink
		says   []string
	}{
		{"a chain", map[string]string{"bob": "cat"}, relink{"ann", "bob"}, []string{"ann and bob and cat are one customer", "stand under cat", "cat has a score"}},
		{"others are merged already", map[string]string{"cat": "ann", "dan": "bob"}, relink{"ann", "bob"}, []string{"ann and bob and cat and dan are one customer", "stand under bob", "the histories of 4 ids"}},
		{"a cycle whose least id stays", map[string]string{"bob": "cat"}, relink{"cat", "bob"}, []string{"cat and bob are one customer", "stand under bob", "in a circle"}},
		{"a cycle whose least id is asked to go", map[string]string{"bob": "ann"}, relink{"ann", "bob"}, []string{"ann and bob are one customer", "stand under ann", "ann has a score", "in a circle"}},
	} {
		v := newTown("ann", "bob", "cat")
		for from, into := range row.merged {
			v.merged[from] = into
			delete(v.scored, from)
		}
		v.shows = func(v *town, x *event.Interaction) {
			switch row.link.from {
			case "ann":
				if row.link.into == "bob" && row.merged["bob"] != "ann" {
					v.merged["ann"], v.scored["ann"] = "bob", false
				}
			case "cat": // bob survives
				v.merged["cat"], v.scored["cat"], v.scored["bob"] = "bob", false, true
				delete(v.merged, "bob")
			}
		}
		out, err := v.link(t, row.link, false)
		if err != nil {
			t.Errorf("%s: %v\n%s", row.why, err, out)
		}
		for _, words := range row.says {
			if !strings.Contains(out, words) {
				t.Errorf("%s: %q is missing in\n%s", row.why, words, out)
			}
		}
	}
}

// A detail that is no JSON, and a server that does not answer, are errors and no answers.
func TestLinksOfBrokenViews(t *testing.T) {
	v := newTown("ann", "bob")
	v.err = errors.New("redis is away")
	if _, err := v.link(t, relink{"ann", "bob"}, true); !errors.Is(err, v.err) || len(v.published) > 0 {
		t.Errorf("got %v, %d events published; want none, and that redis is away", err, len(v.published))
	}
}

func TestLinkFlags(t *testing.T) {
	fine := linkSettings{Within: time.Minute, limitSettings: limitSettings{MaxRecord: 1 << 20, MaxBatch: 64 << 20}}
	for _, row := range []struct {
		why     string
		command interface{ Validate() error }
		says    string
	}{
		{"two ids", &customerMergeCommand{"ann", "bob", fine}, ""},
		{"one id", &customerUnmergeCommand{"ann", fine}, ""},
		{"an id into itself", &customerMergeCommand{"ann", "ann", fine}, "customer unmerge"},
		{"no time to wait", &customerUnmergeCommand{"ann", linkSettings{limitSettings: fine.limitSettings}}, "--within"},
	} {
		err := row.command.Validate()
		if (err == nil) != (row.says == "") || err != nil && !strings.Contains(err.Error(), row.says) {
			t.Errorf("%s: got %v, want %q", row.why, err, row.says)
		}
	}
}
