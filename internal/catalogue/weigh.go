package catalogue

import (
	"errors"
	"fmt"

	"tidemark/internal/score/value"
)

// Weighable returns nil where a scorecard may weigh the entry by a scale. Its error says why not. In silence a score must only fall between two
// changes of the facts: only then is the instant at which a tier falls searched for exactly.
func (e *Entry) Weighable(s value.Scale) error {
	switch {
	case e.Kind == Word || e.Kind == Instant || e.Kind == Flag:
		return fmt.Errorf("it is a %s, and a scorecard weighs numbers", e.Kind)
	case e.Reads&ReadsLabels != 0:
		return errors.New("it is made of the score, of a label or of what only a view knows")
	case e.Reads&ReadsProfile != 0:
		return errors.New("it is made of what was said of the customer, not of what the customer did")
	case e.Reads&OfProspects != 0:
		return errors.New("who has not bought has no score")
	case e.Silence == Moves:
		return errors.New("silence may raise it and may lower it")
	case e.Better == More && s.Falls():
		return fmt.Errorf("more is better, and %s makes less of more", s.Method)
	case e.Better == Less && !s.Falls():
		return fmt.Errorf("less is better, and %s makes more of more", s.Method)
	case e.Silence == Falls && s.Falls(), e.Silence == Rises && !s.Falls():
		return fmt.Errorf("silence makes it what %s counts as better, and in silence a score must only fall", s.Method)
	}
	return nil
}

// CheckCard returns nil where each line of a scorecard names an entry that it may weigh.
func CheckCard(c value.Scorecard) error {
	var errs []error
	for _, line := range c.Lines {
		e := Find(string(line.Indicator))
		if e == nil {
			errs = append(errs, fmt.Errorf("indicator %q is unknown: tidemark indicators lists all", line.Indicator))
		} else if err := e.Weighable(line.Scale); err != nil {
			errs = append(errs, fmt.Errorf("%s by %s: %w", line.Indicator, line.Scale.Method, err))
		}
	}
	return errors.Join(errs...)
}
