package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/score"
)

// leftOut says in words why a customer is not in every list, or heard of in every topic. It is empty for a customer who is. Each reason is
// found anew in the profile, so it is that of now and not that of the last look.
func (s subject) leftOut(at event.Instant) []string {
	p, e := &s.profile, s.at(at)
	view := e.Score(*p, at)
	var out []string
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if p.Away() {
		add("%s", merged(p))
		return out // nothing else matters
	}
	value, said, understood := p.TestWord()
	switch {
	case view.Test:
		add("a test account: an event of %s says test_account %q; in no list, alert, count or fit until an event says false", said, value)
		return out // nothing else matters
	case !understood:
		add("counts as a customer: an event of %s says test_account %q, which is neither true, yes or 1 nor false, no or 0", said, value)
	}
	if member, announced := e.InControl(p.Customer); member && !announced {
		add("in the control group: alerts are recorded and not published, as the model does not say announce_control: true")
	} else if member {
		add("in the control group: alerts are published with control_group true")
	}
	if view.Shop {
		add("behaves like a shop, with %d orders on %d days: no churn alert, no second-order alert, no win-back", view.Orders, view.PurchaseDays)
	}
	if line := consent(e, p); line != "" {
		add("%s", line)
	}
	facts := e.Facts(p.Whole(), at)
	lapse := e.Lapse(&facts)
	switch silence := time.Duration(view.RecencyDays * 24 * float64(time.Hour)); {
	case !view.Bought:
		add("no purchase stands: no tier and no alert")
	case silence >= lapse:
		add("silent since %s: lost after %g days, and no longer at risk", view.LastPurchase, lapse.Hours()/24)
	}
	for _, episode := range s.unheard() {
		add("%s is open and was not published: %s", episode, s.keptBack(e))
	}
	return out
}

// keptBack says why an open alert was not published. The profile knows that it was not, and the model of e who is
// in the control group.
func (s subject) keptBack(e *score.Engine) string {
	const old = "it was older than --alert-max-age when it was found"
	if member, announced := e.InControl(s.profile.Customer); member && !announced {
		return "it is one of the control group, or " + old
	}
	return old + ", or a model of then kept it back"
}

// unheard names what is open and was not published.
func (s subject) unheard() (names []string) {
	if p := &s.profile; p.Episode.Level > 0 && p.Muted {
		names = append(names, fmt.Sprintf("the churn episode of %s", p.Episode.RaisedAt))
	}
	if second := s.profile.Second; second.Open && second.Muted {
		names = append(names, fmt.Sprintf("the window for a second order of %s", second.RaisedAt))
	}
	if drop := &s.profile.Drop; drop.Open() && drop.Muted {
		names = append(names, fmt.Sprintf("the drop of value of %s", drop.RaisedAt))
	}
	if unhappy := &s.profile.Unhappy; unhappy.Open() && unhappy.Muted {
		names = append(names, fmt.Sprintf("the alert about what the customer said of %s", unhappy.RaisedAt))
	}
	return names
}

// printLeftOut prints why a customer is not in every list.
func printLeftOut(w io.Writer, reasons []string) error {
	if len(reasons) == 0 {
		return nil
	}
	lines := []string{"", "Why missing from lists or alerts"}
	for _, reason := range reasons {
		for i, line := range filled(reason, pageWidth-4) {
			mark := "  - "
			if i > 0 {
				mark = "    "
			}
			lines = append(lines, mark+line)
		}
	}
	_, err := fmt.Fprintln(w, strings.Join(lines, "\n"))
	return err
}
