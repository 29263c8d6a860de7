package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/terminal"
)

// relink is what is asked for: from means the same customer as into. A link of an id to itself takes its link back.
type relink struct{ from, into string }

func (r relink) back() bool { return r.from == r.into }

// publicViews are the live scores that everybody reads.
type publicViews interface {
	Score(ctx context.Context, customer string) (map[string]string, error)
	Detail(ctx context.Context, customer string) ([]byte, error)
}

// linking links an id by way of the log, and waits until the service has done it.
type linking struct {
	publicViews
	relink
	eventID string
	within  time.Duration
	// known reports whether anything is known of an id. origins returns the other ids whose histories an id is read from. erased returns when
	// an id was erased; empty if it was not. publish publishes a MERGED_INTO. ask reports whether the user means it. why says why
	// the service may not have applied what was published.
	known   func(context.Context, string) (bool, error)
	origins func(context.Context, string) ([]string, error)
	erased  func(context.Context, string) (string, error)
	publish func(context.Context, io.Writer, *event.Interaction) error
	ask     func(question string) bool
	why     func(context.Context) string
}

var (
	errNotLinked = errors.New("the public views do not show it")
	errNotMeant  = errors.New("nothing was published")
)

// validate returns the mistakes in the flags.
func (c *linkSettings) validate() error {
	if c.Within <= 0 {
		return fmt.Errorf("--within must be above zero")
	}
	return c.check()
}

// run connects to the servers and links an id.
func (c *linkSettings) run(ctx context.Context, s streams, r relink) error {
	db, err := c.open()
	if err != nil {
		return err
	}
	defer db.close()
	layout, ok, err := db.Layout(ctx)
	if err != nil {
		return err
	}
	if !ok {
		return errNoData
	}
	cluster, err := c.clusterOf(c.groupSettings)
	if err != nil {
		return err
	}
	defer cluster.Close()
	codec, err := c.codec(ctx, c.MaxRecord)
	if err != nil {
		return err
	}
	l := linking{
		publicViews: db, relink: r, eventID: c.EventID, within: c.Within,
		known: func(ctx context.Context, id string) (bool, error) {
			_, known, err := db.subject(ctx, id)
			return known, err
		},
		origins: func(ctx context.Context, id string) ([]string, error) {
			who, _, err := db.subject(ctx, id)
			return who.profile.Origins(), err
		},
		erased: func(ctx context.Context, id string) (string, error) {
			store, err := db.laidOut(layout)
			if err != nil {
				return "", err
			}
			return erasedAt(ctx, store, id)
		},
		publish: publishTo{cluster, codec, layout.Partitioner}.publish,
		ask: func(question string) bool {
			return c.Yes || !terminal.Is(os.Stdin) || typed(os.Stdin, s.err, question, r.from)
		},
		why: func(ctx context.Context) string { return notApplied(ctx, cluster, c.KafkaGroup) },
	}
	return l.run(ctx, s.out, c.Anyway)
}

// run publishes the link, unless it is in doubt, and waits until the public views show it.
func (l linking) run(ctx context.Context, w io.Writer, anyway bool) error {
	chain, err := l.chain(ctx, l.into)
	if err == nil && l.back() {
		chain, err = l.leaves(ctx)
	}
	if err != nil {
		return err
	}
	all, err := l.all(ctx, chain)
	if err != nil {
		return err
	}
	if err := l.doubt(ctx); err != nil && !anyway {
		return fmt.Errorf("%w (--anyway publishes it all the same)", err)
	}
	if !l.ask(l.question(chain, all)) {
		return errNotMeant
	}
	word := interactionNow(l.eventID, l.from, event.MergedInto)
	word.OtherCustomer = l.into
	if err := l.publish(ctx, w, word); err != nil {
		return err
	}
	waiting, stop := context.WithTimeout(ctx, l.within)
	defer stop()
	seen, err := l.await(waiting, chain)
	if err != nil {
		return err
	}
	fine := true
	for _, f := range seen {
		fine = f.print(w) && fine
	}
	if !fine {
		finding{Name: "the service", Detail: l.why(ctx), Remedy: l.later()}.print(w)
		return errNotLinked
	}
	return l.explain(w, chain, all)
}

// chain returns the ids that an id leads to by the links that the views show: the id first, the survivor last. It ends at from, at an id that
// is not linked, and at an id that it has met.
func (l linking) chain(ctx context.Context, first string) ([]string, error) {
	chain, met := []string{first}, map[string]bool{first: true}
	for len(chain) < event.MaxLinkPath && chain[len(chain)-1] != l.from {
		shown, err := l.shown(ctx, chain[len(chain)-1])
		if err != nil {
			return nil, err
		}
		next := shown.MergedInto
		if next == "" || met[next] {
			break
		}
		chain, met[next] = append(chain, next), true
	}
	return chain, nil
}

// leaves returns the ids that from leads to before its link is taken back. It is empty if from is merged into nobody.
func (l linking) leaves(ctx context.Context) ([]string, error) {
	shown, err := l.shown(ctx, l.from)
	if err != nil || shown.MergedInto == "" {
		return nil, err
	}
	return l.chain(ctx, shown.MergedInto)
}

// shownLinks is what the public detail of an id says of its links.
type shownLinks struct {
	// MergedInto is the id that the id is merged into; empty if there is none.
	MergedInto string `json:"merged_into"`
	// MergedIDs is the number of other ids whose histories the view is read from.
	MergedIDs int `json:"merged_ids"`
}

// shown reads what the public detail of an id says of its links.
func (l linking) shown(ctx context.Context, id string) (detail shownLinks, err error) {
	raw, err := l.Detail(ctx, id)
	if err != nil || len(raw) == 0 {
		return detail, err
	}
	if err := json.Unmarshal(raw, &detail); err != nil {
		return detail, fmt.Errorf("detail of %q: %w", id, err)
	}
	return detail, nil
}

// doubt returns why the link may not be meant: an id is misspelt or erased, or nothing would change.
func (l linking) doubt(ctx context.Context) error {
	for _, id := range []string{l.from, l.into} {
		known, err := l.known(ctx, id)
		if err != nil {
			return err
		}
		if known {
			continue
		}
		switch at, err := l.erased(ctx, id); {
		case err != nil:
			return err
		case at != "":
			return fmt.Errorf("the customer %q was erased at %s, and nothing is known of it since", id, at)
		default:
			return fmt.Errorf("nothing is known of the customer %q: is the id spelt right, and has the service read its events?", id)
		}
	}
	shown, err := l.shown(ctx, l.from)
	target := shown.MergedInto
	switch {
	case err != nil:
		return err
	case l.back() && target == "":
		return fmt.Errorf("the customer %q is merged into nobody. A MERGED_INTO that the service has not read yet does not show", l.from)
	case !l.back() && target == l.into:
		return fmt.Errorf("the customer %q is merged into %q already", l.from, l.into)
	}
	return nil
}
