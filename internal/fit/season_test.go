package fit

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/season"
)

// winter is a shop that sells three times as much as usual from mid-November to Christmas, and half as much in summer.
func winter() season.Index {
	x := slices.Repeat(season.Index{1000}, season.Weeks)
	for w := range x {
		switch {
		case w >= 45 && w <= 51:
			x[w] = 3000
		case w >= 26 && w <= 34:
			x[w] = 500
		}
	}
	return x
}

// shopOf simulates customers who come over the first years and buy in the time of a season. They leave as MBG/NBD says.
func shopOf(n int, years float64, x season.Index, seed uint64) (lives []Life, until event.Day) {
	var clock *season.Clock
	if x != nil {
		clock, _ = season.NewClock(x)
	}
	r := rand.New(rand.NewPCG(seed, 1))
	const first = event.Day(15_000)
	until = first + event.Day(years*daysOfYear) - 1
	for range n {
		born := first + event.Day(r.Float64()*.8*years*daysOfYear)
		rate := (r.ExpFloat64() + r.ExpFloat64()) / 2 / 40 // a seasonal day: gamma, of shape 2
		leaving := .02 + .3*r.Float64()*r.Float64()
		life, t := Life{born}, 0.
		for r.Float64() > leaving {
			t += r.ExpFloat64() / rate
			day := born + event.Day(clock.Calendar(born, t))
			if day > until {
				break
			}
			if day > life[len(life)-1] {
				life = append(life, day)
			}
		}
		lives = append(lives, life)
	}
	return lives, until
}

func TestSeason(t *testing.T) {
	for _, row := range []struct {
		why    string
		n      int
		years  float64
		season season.Index
		// entries is the wanted length of the index, off the largest wanted mean error of its paces, in thousandths.
		entries, off int
		says         string
	}{
		{"six winters", 3000, 6, winter(), season.Weeks, 130, "the years before tell"},
		{"three winters, few customers: by month", 110, 3, winter(), season.Months, 250, "the years before tell"},
		{"a year and a half", 1500, 1.5, winter(), season.Weeks, 350, "nothing shows yet that the season comes again"},
		{"eleven months", 1500, .9, winter(), 0, 0, "a season needs a year"},
		{"no season", 2000, 4, nil, 0, 0, ""},
	} {
		lives, until := shopOf(row.n, row.years, row.season, 7)
		got, err := Season(t.Context(), lives, until, 7, Options{})
		if err != nil {
			t.Fatalf("%s: %v", row.why, err)
		}
		t.Logf("%s: %d purchases, gain %.4f: %s\n%s", row.why, got.Purchases, got.Gain, got.Why, strings.Join(got.Index.Draw(), "\n"))
		if len(got.Index) != row.entries || !strings.Contains(got.Why, row.says) {
			t.Errorf("%s: got %d entries because %q, want %d because %q", row.why, len(got.Index), got.Why, row.entries, row.says)
			continue
		}
		if row.entries == 0 {
			continue
		}
		// Paces of days are compared: an index by month has no weeks.
		estimated, _ := season.NewClock(got.Index)
		truth, _ := season.NewClock(row.season)
		var off float64
		for d := range daysOfYear {
			off += math.Abs(estimated.Pace(event.Day(16_000+d))-truth.Pace(event.Day(16_000+d))) / daysOfYear
		}
		if 1000*off > float64(row.off) {
			t.Errorf("%s: the paces are off by %.0f thousandths on average, want %d at most: %v", row.why, 1000*off, row.off, got.Index)
		}
	}
}

// The same log gives the same index, whatever the number of processors.
func TestSeasonIsDeterministic(t *testing.T) {
	lives, until := shopOf(600, 3, winter(), 3)
	one, err := Season(t.Context(), lives, until, 7, Options{Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	three, err := Season(t.Context(), lives, until, 7, Options{Workers: 3})
	if err != nil || !slices.Equal(one.Index, three.Index) || one.Why != three.Why {
		t.Errorf("one processor: %v, three: %v (%v)", one, three, err)
	}
}

// A log from which nothing can be learnt has no season, and that is no error.
func TestSeasonOfNothing(t *testing.T) {
	for _, row := range []struct {
		why   string
		lives []Life
	}{
		{"nobody", nil},
		{"nobody with a purchase", []Life{{}}},
		{"nobody bought again", []Life{{15_000}, {15_100}}},
		{"all bought on the last day", []Life{{16_000}, {16_000}}},
		{"one purchase", []Life{{15_000, 15_500}}},
		{"a purchase after the end", []Life{{15_000, 17_000}, {17_000}}},
	} {
		got, err := Season(t.Context(), row.lives, 16_000, 7, Options{})
		if err != nil || got.Index != nil || got.Why == "" {
			t.Errorf("%s: got %+v, %v, want no index, and why", row.why, got, err)
		}
	}
}

// A pace is shrunk to the usual one, the more so the fewer purchases tell of it.
func TestPacesAreShrunk(t *testing.T) {
	usual := slices.Repeat([]float64{100}, season.Months)
	seen := slices.Clone(usual)
	seen[0], seen[1] = 300, 20
	many := shrunk(seen, usual)
	tenth := func(x []float64) []float64 {
		y := slices.Clone(x)
		for i := range y {
			y[i] /= 10
		}
		return y
	}
	few := shrunk(tenth(seen), tenth(usual))
	if !(many[0] > few[0] && few[0] > 1000 && many[1] < few[1] && few[1] < 1000) {
		t.Errorf("of many purchases: %v; of few: %v", many, few)
	}
	if got := shrunk(usual, usual); got != nil {
		t.Errorf("twelve equal months: got %v, want no index", got)
	}
	usual[2], seen[2] = 0, 0 // a month that nobody has seen
	if got := shrunk(seen, usual); got[2] < 800 || got[2] > 1100 {
		t.Errorf("a month that nobody has seen: got %v", got)
	}
}
