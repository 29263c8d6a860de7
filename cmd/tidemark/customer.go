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
	Show customerShowCommand `cmd:"" help:"Print the live score of a customer."`
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

// Run reads the score from the public keys, as a dashboard does, and the profile, which tells why the customer is left out of lists.
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
	if len(fields) == 0 {
		return fmt.Errorf("there is no customer %q (is the id spelled right? has the service read the customer's events?)", c.ID)
	}
	order := visible
	var why score.Explanation
	behind, unread := db.scored(ctx, c.ID, fields["as_of"])
	if c.Explain {
		if unread != nil {
			return unread
		}
		raw, err := db.Detail(ctx, c.ID)
		if err != nil {
			return err
		}
		detail := map[string]json.RawMessage{}
		if err := json.Unmarshal(raw, &detail); err != nil && raw != nil {
			return fmt.Errorf("detail of %q: %w", c.ID, err)
		}
		why = behind.explain()
		for name, value := range detail {
			fields[name] = strings.Trim(string(value), `"`)
		}
		order = score.Columns()
	}
	fields["customer_id"] = c.ID
	if c.JSON {
		return printJSON(s.out, fields, why, leftOut(behind, unread)...)
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
	printLeftOut(table, leftOut(behind, unread))
	printWhy(table, why)
	return table.Flush()
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
