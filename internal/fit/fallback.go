package fit

import "fmt"

// NoStack says that no regression over the purchase model was found that can be used, and why. The risk is that of the purchase model alone.
type NoStack struct{ Why string }

func (NoStack) warning() {}

func (w NoStack) String() string {
	return fmt.Sprintf("the risk is that of the purchase model alone: %s", w.Why)
}

// IsLimit reports whether a warning is none: customers who do not differ are what the data show.
func IsLimit(w Warning) bool {
	switch w.(type) {
	case Collapsed, ConstantSpend:
		return true
	case NobodyLeaves, LeavingUncertain, AtBoundary, InfiniteMean, NotConverged, NotPositiveDefinite, Constant, Separated, NoStack:
	}
	return false
}
