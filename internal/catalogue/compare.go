package catalogue

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"tidemark/internal/score/churn"
	"tidemark/internal/score/segment"
	"tidemark/internal/score/tier"
)

// ranked are the entries that are made of labels or grades and that a rule may compare all the same: between two changes of the facts and of the
// labels, silence only lowers them or leaves them as they are.
var ranked = []string{"tier", "churn_level", "value_score", "r", "f", "m"}

// Comparable returns nil where the rule of a segment may compare the entry. Its error says why not. Between two changes of the facts silence must
// not move an entry to and fro: only then does a comparison change at most once there, and is the instant found exactly.
func (e *Entry) Comparable() error {
	switch {
	case slices.Contains(ranked, e.Name), e.Attribute != "":
		return nil
	case e.Kind == Instant:
		return errors.New("it is an instant: compare the days since, such as recency_days or tenure_days")
	case e.Kind == Flag:
		return errors.New("it is a flag, and rules compare numbers and words")
	case e.Reads&ReadsMore != 0:
		return errors.New("it is made of facts that no search in silence looks at")
	case e.Name == "segment":
		return errors.New("silence may change it to and fro: compare r, f and m, which it is made of")
	case e.Reads&ReadsLabels != 0:
		return errors.New("it is made of the score, of a label or of what only a view knows: tier, churn_level, value_score, r, f and m may be compared")
	case e.Reads&ReadsProfile != 0:
		return errors.New("it is made of what was said of the customer, and is no attribute")
	case e.Silence == Moves:
		return errors.New("silence may raise it and may lower it: the instant of a crossing would not be exact")
	case e.Group == Identity && e.Name != "behaves_like":
		return errors.New("it names the customer or the model, and says nothing of what the customer did")
	}
	return nil
}

// CheckComparison returns nil where a rule may compare so.
func CheckComparison(c *segment.Comparison) error {
	e := Find(c.Entry)
	if e == nil {
		return fmt.Errorf("%q is unknown: tidemark indicators lists all", c.Entry)
	}
	if err := e.Comparable(); err != nil {
		return err
	}
	switch {
	case c.OfNumbers() && e.Kind == Word:
		return errors.New("it is a word: compare it with is")
	case c.Op == segment.Is && e.Kind != Word:
		return errors.New("it is a number: compare it with at_least, at_most, above or below")
	}
	var known []string
	switch e.Name {
	case "tier":
		for t := tier.Low; int(t) < tier.Tiers; t++ {
			known = append(known, t.String())
		}
	case "churn_level":
		for l := range churn.Level(churn.Levels) {
			known = append(known, l.String())
		}
	}
	for _, word := range c.Words {
		if known != nil && !slices.Contains(known, word) {
			return fmt.Errorf("%q is none of %s", word, strings.Join(known, ", "))
		}
	}
	return nil
}
