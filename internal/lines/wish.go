package lines

import "fmt"

// Wish is what lines are to do. The zero Wish asks for a recall of usualRecall, at the best truth.
type Wish struct {
	// PerThousand is the most alerts a month per 1,000 customers; 0 sets no limit.
	PerThousand float64
	// True is the least share of true alerts, in (0, 1]; 0 asks for none.
	True float64
}

const (
	usualRecall = .25
	// enough is the truth beyond which alerts need not be truer without a wish: more truth comes with later alerts, until they tell of those who
	// are plainly gone. At .8 AT_RISK and CRITICAL can still halve the false alerts, each those of the level below.
	enough = .8
	// alike is how much two shares may differ and count as the same: they are printed to a hundredth.
	alike = .01
	// fewLeavers and fewAlerts are the fewest cases from which lines are chosen.
	fewLeavers, fewAlerts = 20, 10
)

// String is the wish in words.
func (w Wish) String() string {
	switch {
	case w.PerThousand > 0 && w.True > 0:
		return fmt.Sprintf("at most %g alerts a month per 1,000 customers, at least %g of them true", w.PerThousand, w.True)
	case w.PerThousand > 0:
		return fmt.Sprintf("at most %g alerts a month per 1,000 customers", w.PerThousand)
	case w.True > 0:
		return fmt.Sprintf("at least %g of the alerts true", w.True)
	}
	return fmt.Sprintf("a recall of at least %g, alerts as true as that allows up to %g, and then early ones", usualRecall, enough)
}

// grants reports whether figures fulfil the wish, and how good they are then. A share counts less one standard error: lines that just did it
// in the past will miss it as often as not.
func (w Wish) grants(f *Figures) (good float64, ok bool) {
	if w == (Wish{}) {
		return min(f.True-f.TrueError, enough), min(f.Recall-f.RecallError, f.Lately-f.LatelyError) >= usualRecall
	}
	ok = (w.PerThousand == 0 || f.PerThousand <= w.PerThousand) && (w.True == 0 || f.True-f.TrueError >= w.True)
	return f.Recall, ok
}

// second is how good figures are among those that are alike in what grants says: the recall without a wish, else the truth up to enough.
func (w Wish) second(f *Figures) float64 {
	if w == (Wish{}) {
		return f.Recall
	}
	return min(f.True-f.TrueError, enough)
}

// within is the standard error of how good figures are.
func (w Wish) within(f *Figures) float64 {
	if w == (Wish{}) {
		return f.TrueError
	}
	return f.RecallError
}

// nearest is how near figures come to a wish that no lines fulfil. More is nearer.
func (w Wish) nearest(f *Figures) float64 {
	switch {
	case w == (Wish{}):
		return min(f.Recall, f.Lately)
	case w.True > 0 && w.PerThousand == 0:
		return f.True - f.TrueError
	case w.True > 0 && f.PerThousand <= w.PerThousand:
		return f.True - f.TrueError
	}
	return -f.PerThousand
}
