package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"tidemark/internal/score"
	"tidemark/internal/score/churn"
	"tidemark/internal/score/tier"
)

// nobody says why there is nothing to show of a customer.
func (d *database) nobody(ctx context.Context, id string) error {
	store, _, err := d.data(ctx)
	if errors.Is(err, errNoData) {
		err = nil
	} else if err == nil {
		erased, err := erasedAt(ctx, store, id)
		if err != nil {
			return err
		}
		if erased != "" {
			return fmt.Errorf("the customer %q was erased at %s: nothing is held", id, erased)
		}
	}
	return errors.Join(err, fmt.Errorf("there is no customer %q (is the id spelled right? has the service read the customer's events? "+
		"was the customer forgotten, by --forget-prospects?)", id))
}

// words say who the customer is, which labels the customer has, and why.
func (s subject) words() []string {
	p := &s.profile
	e := s.at(p.AsOf)
	now := e.Score(*p, p.AsOf)
	if p.Away() {
		return []string{fmt.Sprintf("%s is %s.", p.Customer, merged(p))}
	}
	lines := []string{fmt.Sprintf("Nothing that %s bought stands.", p.Customer)}
	if now.Bought || now.Test && now.PurchaseDays > 0 { // a test account has bought, though it counts as nobody
		lines = []string{fmt.Sprintf("%s has %s on %s, the last at %s, and has spent %s net.",
			p.Customer, numbered(now.Orders, "order"), numbered(now.PurchaseDays, "day"), when(now.LastPurchase), amount(now.SpendLifetime, now.Base))}
	}
	if line := merged(p); line != "" {
		lines = append(lines, "The history is "+line+".")
	}
	if p.Erased > 0 {
		lines = append(lines, fmt.Sprintf("Who had this id before was erased at %s. Nothing from before is held.", when(p.Erased)))
	}
	if p.Standing.Tier != tier.None {
		lines = append(lines, fmt.Sprintf("The tier is %s since %s: the value score was %.2f of 100 at %s.",
			p.Standing.Tier, when(p.Standing.Since), float64(now.Points)/100, when(now.AsOf)))
		lines = append(lines, s.notice()...)
	} else {
		lines = append(lines, "There is no tier.")
	}
	return append(lines, s.level(&now)...)
}

// notice says when silence alone will lower the tier, where notice of it was given.
func (s subject) notice() []string {
	n := s.profile.Notice
	if !n.Stands() {
		return nil
	}
	told := "notice was given"
	if n.Muted {
		told = "the notice was recorded, not published,"
	}
	return []string{fmt.Sprintf("If nothing happens, the tier falls to %s at %s; %s at %s.", n.To, when(n.FallsAt), told, when(n.At))}
}

// level says which churn level the customer has, and why.
func (s subject) level(now *score.Score) []string {
	p := &s.profile
	if p.Episode.Level == churn.None {
		return []string{fmt.Sprintf("There is no churn alert: %s.", strings.TrimSuffix(now.Why.Meaning(), "."))}
	}
	lines := []string{fmt.Sprintf("The churn level is %s since %s; the alert was raised at %s.",
		p.Episode.Level, when(p.Episode.Since), when(p.Episode.RaisedAt))}
	if p.Muted {
		lines = append(lines, fmt.Sprintf("The alert was recorded, not published: %s.", s.keptBack(s.at(p.AsOf))))
	}
	return lines
}

// consent says where the customer may not be contacted; it is empty where the customer has refused nothing.
func consent(p *score.Profile) string {
	h := p.Whole()
	may := h.ContactableChannels()
	var refused []string
	for _, name := range h.Channels() {
		if !h.MayContact(name) {
			refused = append(refused, name)
		}
	}
	switch {
	case !h.MayContact("") && len(may) == 0:
		return "no channel may be used: the customer has refused all contact"
	case len(refused) > 0 && len(may) == 0:
		return fmt.Sprintf("no channel may be used: the customer has refused every channel so far (%s)", strings.Join(refused, ", "))
	case len(refused) > 0:
		return fmt.Sprintf("not every channel may be used: the customer has refused %s; left is %s", strings.Join(refused, ", "), strings.Join(may, ", "))
	}
	return ""
}

func printWords(w io.Writer, lines []string) error {
	if len(lines) == 0 {
		return nil
	}
	_, err := fmt.Fprintf(w, "\n%s\n", strings.Join(lines, "\n"))
	return err
}
