package shop

import (
	"math"
	"strings"
	"testing"
)

func TestOpenRefusesWhatMakesNoSense(t *testing.T) {
	for name, row := range map[string]struct {
		change func(*Config)
		want   string
	}{
		"nobody":                       {func(c *Config) { c.Customers = 0 }, "0 customers"},
		"the end before the start":     {func(c *Config) { c.From, c.To = c.To, c.From }, "from "},
		"a share above one":            {func(c *Config) { c.Faults.Late = 1.5 }, "late: a share of 1.5"},
		"a share that is no number":    {func(c *Config) { c.Behaviour.NPS = math.NaN() }, "nps: a share of NaN"},
		"late by less than is late":    {func(c *Config) { c.Faults.MaxLate = 1 }, "late by at most 1ns"},
		"no currency":                  {func(c *Config) { c.Currency = "" }, `currency ""`},
		"a currency that is worthless": {func(c *Config) { c.Foreign[0].Rate = 0 }, `"GBP"`},
		"more foreigners than people":  {func(c *Config) { c.Foreign[0].Share, c.Foreign[1].Share = 0.6, 0.6 }, "add up to a share of 1.2"},
		"a negative parameter":         {func(c *Config) { c.Population.Purchases.Alpha = -1 }, "alpha = -1"},
		"infinite mean spend":          {func(c *Config) { c.Population.Spend.Q = 1 }, "q = 1"},
		"visits without end":           {func(c *Config) { c.Behaviour.Visits = math.Inf(1) }, "visits: +Inf a week"},
	} {
		t.Run(name, func(t *testing.T) {
			c := year(10)
			row.change(&c)
			s, err := Open(c)
			if s != nil || err == nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("Open: got %v, want an error with %q", err, row.want)
			}
		})
	}
}

func TestOpenNamesAllMistakes(t *testing.T) {
	_, err := Open(Config{})
	for _, want := range []string{"0 customers", "from ", "currency", "alpha = 0", "q = 0"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Open of nothing: got %v, want it to mention %q", err, want)
		}
	}
}
