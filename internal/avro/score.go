package avro

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/schemas"
)

// scoreRecord reads the fields of tm:score, which are text, back into numbers. Its event_id is empty.
func scoreRecord(customer string, base event.Currency, fields []score.NamedValue) (map[string]any, event.Instant, error) {
	digits, ok := base.Digits()
	if !ok {
		return nil, 0, fmt.Errorf("%q is not a currency", base)
	}
	r := hash{fields: map[string]string{}}
	for _, f := range fields {
		r.fields[f.Name] = f.Value
	}
	at := r.instant("as_of")
	record := map[string]any{
		"event_id":           "",
		"customer_id":        customer,
		"as_of":              int64(at),
		"cause":              nil,
		"cause_event_id":     nil,
		"model_version":      r.fields["model_version"],
		"scorecard_hash":     nil,
		"population_version": nil,
		"control_group":      nil,
		"tier":               r.symbol("tier", "Tier"),
		"value_score":        r.scaled("value_score", "int", 100),
		"churn_level":        r.symbol("churn_level", "ChurnLevel"),
		"churn_risk":         r.share("churn_risk"),
		"clv_minor":          r.scaled("clv", "long", math.Pow10(digits)),
		"p_alive":            r.share("p_alive"),
		"segment":            text(r.fields["segment"]),
		"orders_365d":        r.scaled("orders_365d", "long", 1),
		"spend_365d_minor":   r.scaled("spend_365d", "long", math.Pow10(digits)),
		"currency":           string(base),
		"last_purchase_at":   instant(r.instant("last_purchase")),
	}
	if at == 0 && r.err == nil {
		r.err = fmt.Errorf("as_of is %q", r.fields["as_of"])
	}
	return record, at, r.err
}

// hash reads typed fields. It keeps the first error.
type hash struct {
	fields map[string]string
	err    error
}

func (h *hash) number(name string) (x float64, known bool) {
	if h.fields[name] == "" {
		return 0, false
	}
	x, err := strconv.ParseFloat(h.fields[name], 64)
	if err != nil || math.IsNaN(x) || math.Abs(x) > event.MaxMinor*1e3 {
		h.fail(name)
	}
	return x, err == nil
}

func (h *hash) share(name string) any {
	x, known := h.number(name)
	return some("double", rounded(x), known)
}

// scaled is a number times scale, to the nearest integer.
func (h *hash) scaled(name, branch string, scale float64) any {
	x, known := h.number(name)
	return some(branch, int64(math.Round(x*scale)), known && h.err == nil)
}

func (h *hash) instant(name string) event.Instant {
	if h.fields[name] == "" {
		return 0
	}
	t, err := time.Parse(time.RFC3339, h.fields[name])
	if err != nil {
		h.fail(name)
		return 0
	}
	return event.InstantOf(t)
}

// symbol is null for a tier of NONE, which the schema does not have.
func (h *hash) symbol(name, enum string) any {
	symbol := strings.ToUpper(h.fields[name])
	for _, branch := range formats()[schemas.Scores].record.field(name).of.branches {
		if branch.kind == "enum" && slices.Contains(branch.symbols, symbol) {
			return some(space+enum, symbol, true)
		}
	}
	if symbol != "" && symbol != "NONE" {
		h.fail(name)
	}
	return nil
}

func (h *hash) fail(name string) {
	if h.err == nil {
		h.err = fmt.Errorf("%s is %q", name, h.fields[name])
	}
}
