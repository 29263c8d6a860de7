package fit

import (
	"maps"
	"math"
	"slices"
	"testing"
	"time"

	"tidemark/internal/dataset"
	"tidemark/internal/judge"
	"tidemark/internal/stat"
)

// cutoff is the customers at the end of a day, and which of them bought nothing in the 13 weeks
// after it.
type cutoff struct {
	at    []stat.Rhythm
	quiet []bool
}

func (l ledger) cutoff(end time.Time) cutoff {
	var c cutoff
	c.at, _ = l.until(end, week)
	after, _ := l.until(end.Add(13*week), week)
	for i, h := range c.at {
		c.quiet = append(c.quiet, after[i].X == h.X)
	}
	return c
}

func (c cutoff) scores(by func(h stat.Rhythm) float64) []float64 {
	var scores []float64
	for _, h := range c.at {
		scores = append(scores, by(h))
	}
	return scores
}

// habits are the columns of a regression: the silence, its logarithm, the logarithm of the number
// of purchases, and the age.
func habits(h stat.Rhythm) []float64 {
	gap := h.T - h.TX
	return []float64{gap, math.Log1p(gap), math.Log1p(float64(h.X)), h.T}
}

// Which customers of the CDNOW sample buy nothing in the last quarter of 1997, by models that were
// fitted 13 weeks before it.
func TestOutOfTime(t *testing.T) {
	log := orders(t, dataset.CDNOWSample, "cdnow/CDNOW_sample.txt")
	earlier, later := log.cutoff(date(1997, 7, 1)), log.cutoff(date(1997, 9, 30))
	groups := Groups(earlier.at)
	bg, err := BGNBD(t.Context(), groups, Options{})
	if err != nil {
		t.Fatal(err)
	}
	mbg, err := MBGNBD(t.Context(), groups, Options{})
	if err != nil {
		t.Fatal(err)
	}
	gap := func(h stat.Rhythm) float64 { return h.T - h.TX }
	for _, c := range []struct {
		name                  string
		by                    func(h stat.Rhythm) float64
		auc, brier, ece, tops float64
	}{
		{"1 - P(alive) of BG/NBD", func(h stat.Rhythm) float64 { return 1 - bg.Model.Alive(h) }, .3319, .6521, .628, .838},
		{"1 - P(alive) of MBG/NBD", func(h stat.Rhythm) float64 { return 1 - mbg.Model.Alive(h) }, .7153, .1918, .259, .838},
		{"P(no purchase) of BG/NBD", func(h stat.Rhythm) float64 { return bg.Model.NoPurchase(h, 13) }, .7792, .1110, .033, .911},
		{"P(no purchase) of MBG/NBD", func(h stat.Rhythm) float64 { return mbg.Model.NoPurchase(h, 13) }, .7831, .1112, .035, .923},
		{"the silence", gap, .7843, math.NaN(), math.NaN(), .957},
	} {
		scores := later.scores(c.by)
		near(t, c.name+": AUC", judge.AUC(judge.Set{Scores: scores, Happened: later.quiet}).Value, c.auc, 6e-5)
		if !math.IsNaN(c.brier) {
			near(t, c.name+": Brier", judge.Brier(scores, later.quiet), c.brier, 6e-5)
			// The anchors tell ties apart, and round the decile down.
			near(t, c.name+": calibration error", judge.CalibrationError(judge.Reliability(scores, later.quiet, 10)), c.ece, .002)
		}
		near(t, c.name+": precision of the top decile", judge.TopShare(scores, later.quiet, nil, .1).Precision, c.tops, .004)
	}

	var rows []Row
	for i, h := range earlier.at {
		r := Row{X: habits(h), Cases: 1}
		if earlier.quiet[i] {
			r.Happened = 1
		}
		rows = append(rows, r)
	}
	logistic := logit(t, rows, []Column{{Name: "gap"}, {Name: "ln gap"}, {Name: "ln x"}, {Name: "T"}}, 1)
	scores := later.scores(func(h stat.Rhythm) float64 { return logistic.Model.Probability(habits(h)) })
	// The regression of the anchor knows the spend as well.
	set := judge.Set{Scores: scores, Rival: later.scores(gap), Happened: later.quiet}
	near(t, "AUC of the regression", judge.AUC(set).Value, .7948, .001)
	near(t, "Brier of the regression", judge.Brier(scores, later.quiet), .1106, .002)
	better := judge.AUCDifference(set)
	if low, high := better.Interval(); !(low > 0) {
		t.Errorf("the regression against the silence: got %+.4f [%+.4f, %+.4f], want it better", better.Value, low, high)
	}
}

// Three cutoffs a quarter apart share their customers. A customer who is quiet at one is mostly
// quiet at the next.
func TestCutoffsShareCustomers(t *testing.T) {
	log := orders(t, dataset.CDNOWSample, "cdnow/CDNOW_sample.txt")
	var sets []judge.Set
	for _, end := range []time.Time{date(1997, 7, 1), date(1997, 9, 30), date(1997, 12, 30)} {
		c := log.cutoff(end)
		sets = append(sets, judge.Set{
			Scores:    c.scores(func(h stat.Rhythm) float64 { return h.T - h.TX }),
			Happened:  c.quiet,
			Customers: slices.Sorted(maps.Keys(log)),
		})
	}
	shared := judge.AUC(sets...)
	for i := range sets {
		sets[i].Customers = nil
	}
	apart := judge.AUC(sets...)
	near(t, "AUC", shared.Value, apart.Value, 0)
	t.Logf("AUC %.4f, standard error %.4f, and %.4f as if of other customers", shared.Value, shared.StandardError, apart.StandardError)
	if ratio := shared.StandardError / apart.StandardError; !(ratio > 1.05 && ratio < math.Sqrt(3)) {
		t.Errorf("standard error against that of independent sets: got %v times, want it above 1 and below that of one cutoff thrice", ratio)
	}
}
