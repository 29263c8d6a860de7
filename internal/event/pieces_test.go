package event_test

import (
	"math"
	"testing"

	"tidemark/internal/event"
)

func TestPieces(t *testing.T) {
	for _, row := range []struct {
		why      string
		quantity float64
		want     int64
	}{
		{"a whole number", 3, 3},
		{"none", 0, 0},
		{"1.5 kg", 1.5, 2},
		{"a pinch", .001, 1},
		{"1.5 kg brought back", -1.5, -2},
		{"more than can be counted", 1e300, 1 << 53},
		{"less than can be counted", math.Inf(-1), -1 << 53},
		{"no number", math.NaN(), 0},
	} {
		if got := event.Pieces(row.quantity); got != row.want {
			t.Errorf("%s: Pieces(%v) = %d, want %d", row.why, row.quantity, got, row.want)
		}
	}
}
