package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"text/tabwriter"
)

type customerCommand struct {
	Show customerShowCommand `cmd:"" help:"Print the live score of a customer."`
}

type customerShowCommand struct {
	redisSettings
	ID      string `arg:"" help:"Customer id."`
	Explain bool   `help:"Print everything that is known beside the score."`
	JSON    bool   `help:"Print JSON."`
}

// Run reads the score as a dashboard does: from the public keys.
func (c *customerShowCommand) Run(ctx context.Context, s streams) error {
	store, _, err := c.store(ctx)
	if err != nil {
		return err
	}
	fields, err := store.Score(ctx, c.ID)
	if err != nil {
		return err
	}
	if len(fields) == 0 {
		return fmt.Errorf("there is no customer %q (is the id spelled right? has the service read the customer's events?)", c.ID)
	}
	if c.Explain {
		raw, err := store.Detail(ctx, c.ID)
		if err != nil {
			return err
		}
		detail := map[string]string{}
		if err := json.Unmarshal(raw, &detail); err != nil && raw != nil {
			return fmt.Errorf("detail of %q: %w", c.ID, err)
		}
		maps.Copy(fields, detail)
	}
	if c.JSON {
		return json.NewEncoder(s.out).Encode(fields)
	}
	table := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		fmt.Fprintf(table, "%s\t%s\n", name, fields[name])
	}
	return table.Flush()
}
