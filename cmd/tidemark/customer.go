package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"tidemark/internal/score"
	"tidemark/internal/score/churn"
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
	Explain bool   `help:"Also print the other columns of the score, what each indicator adds, and the time of the next review."`
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
	return `Prints the public score. It also says in words why the customer may be missing from lists or alerts: an id that is merged into another, a test account, the control group, an id that behaves like a shop, no consent, no purchase, a silence that is too long, an alert that was not published. With --json these words are in left_out. The field other_ids names the ids that are merged into this one; tier_notice names the tier to which silence alone will lower the customer's, and when, if notice of it was given. Of a customer who was erased, it says when. With --explain it says all in words: who it is, tier, level, and why.`
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
	var words, missing []string
	if known {
		at, err := who.asOf(fields["as_of"])
		if err != nil {
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
		if c.Explain {
			words = who.words()
		}
	}
	fields["customer_id"] = c.ID
	if c.JSON {
		return printJSON(s.out, fields, why, missing...)
	}
	table := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	for _, name := range inOrder(fields, append([]string{"customer_id"}, order...)) {
		value := fields[name]
		if value == "" {
			value = "-" // does not apply
		}
		fmt.Fprintf(table, "%s\t%s\n", name, value)
	}
	if reason, ok := churn.ReasonOf(fields["churn_level_reason"]); ok {
		fmt.Fprintf(table, "\nno churn level\t%s\n", reason.Meaning())
	}
	printLeftOut(table, missing)
	printWhy(table, why)
	if err := table.Flush(); err != nil {
		return err
	}
	return printWords(s.out, words)
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
	for name, value := range detail {
		fields[name] = strings.Trim(string(value), `"`)
	}
	return score.Columns(), why, nil
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
