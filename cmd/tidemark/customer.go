package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"tidemark/internal/catalogue"
	"tidemark/internal/event"
	"tidemark/internal/score"
)

type customerCommand struct {
	Show    customerShowCommand    `cmd:"" help:"Print the live score of a customer."`
	Export  customerExportCommand  `cmd:"" help:"Print all that is held of a customer as JSON: the answer to an access request."`
	Forget  customerForgetCommand  `cmd:"" help:"Erase a customer, and prove it."`
	Merge   customerMergeCommand   `cmd:"" help:"Make two ids one customer."`
	Unmerge customerUnmergeCommand `cmd:"" help:"Take back a merger."`
}

type customerShowCommand struct {
	ID      string `arg:"" help:"Customer id."`
	Explain bool   `help:"Also print what the score and the risk are made of, and all other figures."`
	JSON    bool   `help:"Print JSON instead of a table."`
	redisSettings
}

// visible are the fields of a public score, the most wanted first.
var visible = []string{
	"tier", "value_score", "churn_level", "churn_risk", "p_alive", "clv", "segment", "orders_365d", "spend_365d",
	"last_purchase", "as_of", "model_version",
}

// Help is printed by customer show --help.
func (*customerShowCommand) Help() string {
	return `Says in words who the customer is, which tier, what keeps it and what reaches the next, how great the risk is, what to do, and on which channels the customer may be met; then prints the public score. Money is in major units with its currency. It also says why the customer may be missing from lists or alerts: an id that is merged into another, a test account, the control group, an id that behaves like a shop, no consent, no purchase, a silence that is too long, an alert that was not published. With --json these words are in left_out. The field other_ids names the ids that are merged into this one; tier_notice names the tier to which silence alone will lower the customer's, and when, if notice of it was given. Of a customer who was erased, it says when. With --explain it also prints what the score and the risk are made of, and all other figures. With --json, amounts whose names end in _minor are minor units of the base currency.`
}

// Run reads the score from the public keys, as a dashboard does, and the profile.
func (c *customerShowCommand) Run(ctx context.Context, s streams) error {
	db, err := c.open()
	if err != nil {
		return err
	}
	defer db.close()
	fields, err := db.Score(ctx, c.ID)
	if err != nil {
		return err
	}
	who, known, err := db.subject(ctx, c.ID)
	switch {
	case err != nil && (c.Explain || len(fields) == 0):
		return err
	case err != nil: // a dashboard's user may not read profiles
		fmt.Fprintf(s.err, "the profile cannot be read, so nothing is said in words: %v\n", err)
	case len(fields) == 0 && !known:
		return db.nobody(ctx, c.ID)
	}
	order := visible
	var why score.Explanation
	if c.Explain && len(fields) > 0 {
		if order, why, err = c.explain(ctx, db, fields, who, known); err != nil {
			return err
		}
	}
	var missing []string
	var at event.Instant
	if known {
		if at, err = who.asOf(fields["as_of"]); err != nil {
			return err
		}
		missing = who.leftOut(at)
		if len(fields) == 0 && !who.profile.Away() {
			missing = append(missing, "no public score yet: the service writes it within seconds")
		}
		if others := who.profile.Origins(); len(others) > 0 {
			fields["other_ids"] = firstOf(others)
		}
		if n := who.profile.Notice; n.Stands() {
			fields["tier_notice"] = fmt.Sprintf("%s at %s", n.To, when(n.FallsAt))
		}
	}
	fields["customer_id"] = c.ID
	if c.JSON {
		all := members(fields, why, missing...)
		if c.Explain && known {
			who.pageJSON(all, at)
		}
		return json.NewEncoder(s.out).Encode(all)
	}
	return c.page(s.out, who, known, at, fields, order, missing)
}

// page prints a customer for people: sentences first, tables after.
func (c *customerShowCommand) page(
	w io.Writer, who subject, known bool, at event.Instant, fields map[string]string, order, missing []string,
) error {
	var base event.Currency
	if known {
		base = who.engine.Model().Base
		if err := printGlance(w, who.glance(at)); err != nil {
			return err
		}
		if err := printLeftOut(w, missing); err != nil {
			return err
		}
		if c.Explain {
			if err := who.printReport(w, at); err != nil {
				return err
			}
		}
		if _, err := fmt.Fprintln(w, "\nWhat the public views hold"); err != nil {
			return err
		}
	}
	if c.Explain {
		return printGroups(w, fields, base)
	}
	return printFields(w, fields, inOrder(fields, append([]string{"customer_id"}, order...)), base)
}

// explain adds the members of the detail to the fields, and returns the order of all and the parts of the score.
func (c *customerShowCommand) explain(
	ctx context.Context, db *database, fields map[string]string, who subject, known bool,
) (order []string, why score.Explanation, err error) {
	raw, err := db.Detail(ctx, c.ID)
	if err != nil {
		return nil, why, err
	}
	detail := map[string]json.RawMessage{}
	if err := json.Unmarshal(raw, &detail); err != nil && raw != nil {
		return nil, why, fmt.Errorf("detail of %q: %w", c.ID, err)
	}
	if known {
		if why, err = who.explain(fields["as_of"]); err != nil {
			return nil, why, err
		}
	}
	if known { // what the detail in Redis leaves out
		at, err := who.asOf(fields["as_of"])
		if err != nil {
			return nil, why, err
		}
		shown, whole := who.at(at).Score(who.profile, at), map[string]json.RawMessage{}
		if err := json.Unmarshal(shown.Whole(), &whole); err != nil {
			return nil, why, fmt.Errorf("entries of %q: %w", c.ID, err)
		}
		for name, value := range whole {
			if _, ok := detail[name]; !ok {
				detail[name] = value
			}
		}
	}
	for name, value := range detail {
		fields[name] = strings.Trim(string(value), `"`)
	}
	return score.Columns(), why, nil
}

// printGroups prints fields by the groups of the catalogue, and what is no entry of it first.
func printGroups(w io.Writer, fields map[string]string, base event.Currency) error {
	var names [catalogue.Groups][]string
	others := maps.Clone(fields)
	for _, e := range catalogue.All() {
		if _, ok := fields[e.Name]; ok {
			names[e.Group] = append(names[e.Group], e.Name)
			delete(others, e.Name)
		}
	}
	if err := printFields(w, others, slices.Sorted(maps.Keys(others)), base); err != nil {
		return err
	}
	for g, names := range names {
		if len(names) == 0 {
			continue
		}
		if _, err := fmt.Fprintf(w, "\n%s\n", catalogue.Group(g).Title().En); err != nil {
			return err
		}
		if err := printFields(w, fields, names, base); err != nil {
			return err
		}
	}
	return nil
}

// inOrder returns the names of fields: first the names in order, then the others by name.
func inOrder(fields map[string]string, order []string) []string {
	var names []string
	for _, name := range order {
		if _, ok := fields[name]; ok && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}
