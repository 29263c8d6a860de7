package value

import "math"

// Attribute splits the change of score from one reading to another over the lines of c, in hundredths of a point, unrounded.
// The parts add up to the change.
//
// Where both readings know the same indicators, a part is the weighted change of its indicator. Where an indicator appeared
// or vanished, the weights were rescaled and the parts interact: then a part is the Shapley value of its line. A reading
// without a score counts as zero in every line.
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

// blank is a reading that scores zero. It knows the same indicators as r.
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

// Apportion rounds parts to whole numbers that add up to total, by the largest remainder: it rounds every part down, and
// gives the missing units to the parts that lost most (the earlier part among equals).
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
	// The parts should add up to about the total. Where they do not, more units are missing than there are parts, or too many
	// were given: each part takes an equal share.
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
