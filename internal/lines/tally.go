package lines

import (
	"math"
	"time"
)

// tally holds, for every combination of the grid, what its alerts did: the sums behind Figures. The sums are of whole numbers but
// for known, which is added up customer by customer.
type tally struct {
	known   float64 // days
	watched float64 // days
	// leavers counts the customers who could have been alerted in time: those who had bought within the horizon before a cutoff, and bought nothing in the horizon after it.
	leavers int
	// lately counts those of the leavers at the newest cutoffs.
	lately int
	counts [spots]count
}

type count struct {
	alerts, right, recalled, warned int32
	recalledLately, warnedLately    int32 // of recalled and warned, those at the newest cutoffs
	stake, lost                     int64 // minor units
	lead                            int64 // hours from true alerts to the lapse
}

// add adds what a customer did.
func (t *tally) add(s *searcher, p *course) {
	t.known += p.known
	for i := range p.silence {
		q := &p.silence[i]
		leaver := i == 0 && p.left && q.days >= s.fewest
		if leaver {
			t.leavers++
			if s.lately {
				t.lately++
			}
		}
		t.silence(s, q, leaver)
	}
}

// Figures is what lines did on the past of a shop. Ratios without cases are NaN.
type Figures struct {
	Alerts int
	// Month and PerThousand are the alerts a month of 365/12 days, and the same per 1,000 customers.
	Month, PerThousand float64
	// True and Recall are shares in [0, 1], see Choose. TrueError and RecallError are their standard errors: overlapping cutoffs count once.
	True, TrueError, Recall, RecallError float64
	// Lately is the recall at the newest cutoffs alone, LatelyError its standard error.
	Lately, LatelyError float64
	// Stake is the value at stake of a mean alert, in minor units. Lead is the mean number of days from a true alert to the lapse.
	Stake, Lead float64
}

// figures divides the sums of one combination. overlap is how often the same day is counted on average, at least 1.
func (t *tally) figures(place int, overlap float64) Figures {
	c := &t.counts[place]
	n, leavers := float64(c.alerts), float64(t.leavers-int(c.warned))
	f := Figures{
		Alerts: int(c.alerts), Month: n / (t.watched / month), PerThousand: 1000 * n / (t.known / month),
		True: float64(c.right) / n, Recall: float64(c.recalled) / leavers,
		Stake: float64(c.stake) / n, Lead: float64(c.lead) / 24 / float64(c.right),
	}
	lately := float64(t.lately - int(c.warnedLately))
	f.Lately, f.LatelyError = float64(c.recalledLately)/lately, shareError(float64(c.recalledLately)/lately, lately/overlap)
	f.TrueError, f.RecallError = shareError(f.True, n/overlap), shareError(f.Recall, leavers/overlap)
	return f
}

// shareError is the standard error of a share of n cases. It is Agresti and Coull's (The American Statistician 52, 1998, page 122), with two
// cases of each outcome added: three true alerts of three are no proof.
func shareError(share, n float64) float64 {
	if !(n > 0) {
		return math.NaN()
	}
	p := (share*n + 2) / (n + 4)
	return math.Sqrt(p * (1 - p) / (n + 4))
}

// month is a mean month in days.
const month = 365. / 12

func days(d time.Duration) float64 { return d.Hours() / 24 }
