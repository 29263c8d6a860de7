package avro

import (
	"math"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/score/tier"
)

// What goavro takes for a value of a union: nil for null, else one entry named after the branch.

// space is the namespace of our types.
const space = "tidemark.v1."

// some is a value that may be null: null unless known.
func some(branch string, native any, known bool) any {
	if !known {
		return nil
	}
	return map[string]any{branch: native}
}

// text is null where it is empty.
func text(s string) any { return some("string", s, s != "") }

func minor(m event.OptionalMinor) any { return some("long", m.Minor, m.Known) }

// instant is null for no time, and for never.
func instant(i event.Instant) any { return some("long", int64(i), isInstant(i)) }

// finite is null where x is not a finite number.
func finite(x float64) any {
	native := rounded(x)
	return some("double", native, native != nil)
}

// rounded is x to the sixth decimal, so that the last bits of a computation are no part of an id; nil where x is not finite,
// which no schema takes for a number.
func rounded(x float64) any {
	if !isFinite(x) {
		return nil
	}
	return sixth(x)
}

func isFinite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// sixth is x to the sixth decimal.
func sixth(x float64) float64 {
	const unit, exact = 1e6, 1e9 // beyond exact a float64 holds no sixth decimal
	if math.Abs(x) < exact {
		x = math.Round(x*unit) / unit
	}
	if x == 0 {
		return 0.0 // and not -0
	}
	return x
}

// names is null where the list is not known, which is not the same as empty.
func names(list []string) any {
	natives := make([]any, len(list))
	for i, name := range list {
		natives[i] = name
	}
	return some("array", natives, list != nil)
}

func tierOf(t score.Tier) any { return some(space+"Tier", t.String(), t != tier.None) }

// owner is a symbol of ActionOwner.
func owner(s string) string {
	switch s {
	case "SALES", "SERVICE", "MARKETING":
		return s
	}
	return "UNKNOWN"
}
