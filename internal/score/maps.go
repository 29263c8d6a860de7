package score

import (
	"math"
	"strconv"

	"tidemark/internal/catalogue"
)

var published = catalogue.Shown(catalogue.InTopic)

// NamedNumber is one number of the maps of customer.scores.v1.
type NamedNumber struct {
	Name  string
	Value float64
}

// Maps returns the entries of the catalogue that customer.scores.v1 has no fields for, in the order of the catalogue: numbers, rounded to six
// significant digits, and words. Money is in minor units, and its name ends in _minor. Instants, in RFC 3339 UTC, and flags are words. What is not
// known is left out.
func (s *Score) Maps() (numbers []NamedNumber, words []NamedValue) { return s.maps(published) }

func (s *Score) maps(entries []catalogue.Entry) (numbers []NamedNumber, words []NamedValue) {
	v := s.View()
	digits, _ := s.Base.Digits()
	for i := range entries {
		e := &entries[i]
		switch e.Kind {
		case catalogue.Word, catalogue.Instant, catalogue.Flag:
			if text := string(e.Format(nil, v)); text != "" {
				words = append(words, NamedValue{e.Name, text})
			}
			continue
		case catalogue.Number, catalogue.Count, catalogue.Money:
		}
		x, known := e.Number(v)
		if !known {
			continue
		}
		name := e.Name
		switch e.Kind {
		case catalogue.Money:
			name, x = name+"_minor", math.RoundToEven(x*math.Pow10(digits))
		case catalogue.Number:
			x = significant(x)
		case catalogue.Count, catalogue.Word, catalogue.Instant, catalogue.Flag:
		}
		numbers = append(numbers, NamedNumber{name, x})
	}
	return numbers, words
}

// significant rounds to six significant digits, as the scores file does: so that every architecture publishes the same number.
func significant(x float64) float64 {
	var b [24]byte
	rounded, err := strconv.ParseFloat(string(strconv.AppendFloat(b[:0], x, 'g', 6, 64)), 64)
	if err != nil { // of a number that was just written: only beyond the range of a float64
		return x
	}
	return rounded
}
