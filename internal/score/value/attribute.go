package value

import "math"

// Attribute splits the change of score from one reading to another over the lines of c, in hundredths of a point, unrounded.
//
// Where the same indicators are known on both sides it is the weighted change of each. Where one appeared or vanished the
// weights were rescaled and the parts interact: then it is the Shapley value (L. S. Shapley, 1953) over the lines, which is
// the same wherever they do not interact, and adds up in every case. A side without a score counts as zero throughout.
func (c Scorecard) Attribute(before, after Reading) (parts [MaxLines]float64) {
	if !before.Scored {
		before = blank(after)
	}
	if !after.Scored {
		after = blank(before)
	}
	var coverage float64
	same := true
	for i, line := range c.Lines {
		same = same && before.Raw[i].Missing == after.Raw[i].Missing
		if !after.Raw[i].Missing {
			coverage += line.Weight
		}
	}
	if same {
		if coverage > 0 {
			for i, line := range c.Lines {
				parts[i] = 10000 * line.Weight * (after.Normalised[i] - before.Normalised[i]) / coverage
			}
		}
		return parts
	}
	return c.shapley(before, after)
}

// blank is a reading that scores zero, with the same indicators known as in r.
func blank(r Reading) Reading {
	r.Normalised = [MaxLines]float64{}
	r.Capped = [MaxLines]bool{}
	return r
}

func (c Scorecard) shapley(before, after Reading) (parts [MaxLines]float64) {
	copy(parts[:], Shapley(len(c.Lines), func(set int) float64 {
		mixed := before
		for i := range c.Lines {
			if set>>i&1 == 1 {
				mixed.Raw[i], mixed.Normalised[i] = after.Raw[i], after.Normalised[i]
			}
		}
		score, _ := c.Exact(&mixed)
		return score
	}))
	return parts
}

// Apportion rounds parts to whole numbers that add up to total, by the largest remainder: parts are floored, and the
// units that are missing go to those that lost most (the earlier one where two lost alike).
func Apportion(parts []float64, total int32) []int32 {
	rounded := make([]int32, len(parts))
	if len(parts) == 0 {
		return rounded
	}
	left := total
	for i, part := range parts {
		rounded[i] = int32(math.Floor(part))
		left -= rounded[i]
	}
	// More units than parts, or fewer than none, come only of parts that do not add up to about the total: share evenly.
	for each := left / int32(len(parts)); each != 0; each = left / int32(len(parts)) {
		for i := range rounded {
			rounded[i] += each
		}
		left -= each * int32(len(parts))
	}
	step := int32(1)
	if left < 0 {
		step = -1
	}
	taken := make([]bool, len(parts))
	for ; left != 0; left -= step {
		best := -1
		for i, part := range parts {
			lost := (part - float64(rounded[i])) * float64(step)
			if !taken[i] && (best < 0 || lost > (parts[best]-float64(rounded[best]))*float64(step)) {
				best = i
			}
		}
		rounded[best] += step
		taken[best] = true
	}
	return rounded
}
