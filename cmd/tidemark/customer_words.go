package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"tidemark/internal/score"
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

// notice says when silence alone will lower the tier, where notice of it was given.
func (s subject) notice() []string {
	n := s.profile.Notice
	if !n.Stands() {
		return nil
	}
	told := "was given"
	if n.Muted {
		told = "was recorded, not published,"
	}
	return []string{fmt.Sprintf("If nothing happens, the tier falls to %s on %s; notice of it %s on %s.", n.To, s.day(n.FallsAt), told, s.day(n.At))}
}

// consent says where the customer may not be contacted; it is empty where the customer has refused nothing.
func consent(e *score.Engine, p *score.Profile) string {
	h := p.Whole()
	if e.Model().ByConsent {
		if given := h.ConsentedChannels(); given != nil && len(given) == 0 {
			return "no channel may be used: the customer has consented to none"
		}
		return ""
	}
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
