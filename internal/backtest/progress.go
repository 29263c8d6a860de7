package backtest

// Progress says how far a backtest is.
type Progress struct {
	// Cutoff is the number of the cutoff, from 1 to Cutoffs.
	Cutoff, Cutoffs int
	// Doing is what is being done for the cutoff.
	Doing string
	// Done and Total count customers, over all cutoffs, whose course was scored. That is most of the work.
	Done, Total int
}

// Scoring is what is being done while Done grows.
const Scoring = "scoring"

// teller tells what is being done for a cutoff, and how many of its customers have been scored.
type teller func(doing string, scored int)

// at makes o tell the progress of a cutoff, by its number from 0.
func (o *Options) at(cutoff, customers int) {
	o.tell = func(doing string, scored int) {
		if o.Progress != nil {
			o.Progress(Progress{cutoff + 1, len(o.Cutoffs), doing, cutoff*customers + scored, len(o.Cutoffs) * customers})
		}
	}
}
