package dataset

import "fmt"

// reading finds which of two ways of writing a file follows: decimal point or comma, day or month first. A cell that can be read in one
// way only tells; a cell that can be read in two ways follows the others. If no cell tells, or if the cells that tell disagree, then a
// cell with two readings is an error: it is never guessed.
type reading struct {
	// told holds the first cell that can be read in the one way only; unsure the first with two readings.
	told   [2]*cell
	unsure *cell
}

// cell is what a file says, and where.
type cell struct {
	at   place
	text string
}

func (c *cell) String() string { return fmt.Sprintf("%q on line %d", c.text, c.at.line) }

// tell notes that the cell can be read in one way only.
func (r *reading) tell(way int, at place, text string) {
	if r.told[way] == nil {
		r.told[way] = &cell{at, text}
	}
}

// doubt notes a cell with two readings.
func (r *reading) doubt(at place, text string) {
	if r.unsure == nil {
		r.unsure = &cell{at, text}
	}
}

// way returns the way that the file follows: 0, 1, or -1 if each cell is clear by itself. what names the cells in an error, and flag is
// the way on.
func (r *reading) way(what, flag string) (int, error) {
	switch {
	case r.unsure == nil:
		return -1, nil
	case r.told[0] != nil && r.told[1] != nil:
		return 0, malformed(r.unsure.at, "%s %q can be read in two ways, and the file writes both: %s and %s; give %s",
			what, r.unsure.text, r.told[0], r.told[1], flag)
	case r.told[0] != nil:
		return 0, nil
	case r.told[1] != nil:
		return 1, nil
	}
	return 0, malformed(r.unsure.at, "%s %q can be read in two ways, and no other line of the file tells which: give %s", what, r.unsure.text, flag)
}
