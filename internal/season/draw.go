package season

import (
	"fmt"
	"strings"
	"time"
)

// blocks are the heights of a drawing, from the least to the greatest.
const blocks = "▁▂▃▄▅▆▇█"

// Draw draws x, one character an entry, over the initials of the months, and names the busiest and the quietest time. It returns lines
// without line ends; none for a nil Index.
func (x Index) Draw() []string {
	if len(x) == 0 {
		return nil
	}
	heights := []rune(blocks)
	low, high := 0, 0
	for i, pace := range x {
		if pace < x[low] {
			low = i
		}
		if pace > x[high] {
			high = i
		}
	}
	var bars, months strings.Builder
	before := -1
	for i, pace := range x {
		bars.WriteRune(heights[(pace*(len(heights)-1)+x[high]/2)/x[high]])
		month := entry(Months, x.start(i))
		if month == before {
			months.WriteByte(' ')
		} else {
			months.WriteString(time.Month(month + 1).String()[:1])
		}
		before = month
	}
	return []string{
		bars.String(), months.String(),
		fmt.Sprintf("busiest from %s on: %.2f times the usual pace; quietest from %s on: %.2f times", x.name(high), x.pace(high), x.name(low), x.pace(low)),
	}
}

// start is the first day of an entry, in 0..364 of a year without a leap day.
func (x Index) start(i int) int {
	if len(x) == Weeks {
		return 7 * i
	}
	return monthStarts[i]
}

// name is the date on which an entry begins.
func (x Index) name(i int) string {
	return time.Date(2001, 1, 1+x.start(i), 0, 0, 0, 0, time.UTC).Format("2 January") // 2001 has no leap day
}

func (x Index) pace(i int) float64 { return float64(x[i]) / Usual }
