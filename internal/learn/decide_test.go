package learn

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"tidemark/internal/fit"
	"tidemark/internal/panel"
	"tidemark/internal/score/churn"
)

// What pays stays, what misleads is left out, and where nothing pays the purchase model stays alone.
func TestDecide(t *testing.T) {
	for _, row := range []struct {
		why           string
		train, judged [2]float64 // the mood and the baskets that the stacks on trial learn from, and of those who judge
		leftOut       churn.Ingredient
		stays         []churn.Ingredient
		plain         bool
	}{
		{"baskets tell as they told, the mood tells the contrary", [2]float64{1.2, .8}, [2]float64{-1.2, .8}, churn.Feedback, []churn.Ingredient{churn.Baskets}, false},
		{"the mood tells, baskets tell the contrary", [2]float64{1.2, .8}, [2]float64{1.2, -.8}, churn.Baskets, []churn.Ingredient{churn.Feedback}, false},
		{"the purchase model says it all", [2]float64{}, [2]float64{}, 0, nil, true},
	} {
		at := func(seed uint64, by [2]float64) []Case { return shopOf(t, 500, seed, by[0], by[1]) }
		earlier := Earlier{[]past{{train: [][]Case{at(1, row.train)}, judged: at(3, row.judged)}}}
		blocks := [][]Case{at(4, row.train)}
		d, err := Decide(t.Context(), blocks, earlier, quarter, 7)
		if err != nil {
			t.Fatalf("%s: %v", row.why, err)
		}
		if !d.Trial.OutOfTime || d.Trial.Customers != 500 || d.Trial.Plain != row.plain || d.Stack.Plain() != row.plain {
			t.Errorf("%s: got %+v with the stack %+v", row.why, d.Trial, d.Stack)
		}
		out := d.Trial.LeftOut()
		if row.leftOut != 0 && (!slices.Contains(out, row.leftOut) || d.Stack.Weighs(row.leftOut.Terms()...)) {
			t.Errorf("%s: left out %v, want %s among them and without weight", row.why, out, row.leftOut)
		}
		for _, i := range row.stays {
			if slices.Contains(out, i) || !d.Stack.Weighs(i.Terms()...) {
				t.Errorf("%s: left out %v, want %s to stay", row.why, out, i)
			}
		}
		if row.plain {
			continue
		}
		again, err := Decide(t.Context(), blocks, earlier, quarter, 7)
		if err != nil || again.Stack != d.Stack || !slices.Equal(again.Trial.Ingredients, d.Trial.Ingredients) {
			t.Errorf("%s: a second time: got %+v, want %+v (%v)", row.why, again.Trial, d.Trial, err)
		}
	}
}

// Without earlier cuts the customers judge each other. Nobody judges where nobody bought again.
func TestDecideByCustomer(t *testing.T) {
	blocks := [][]Case{shopOf(t, 1000, 4, 1, .8)}
	d, err := Decide(t.Context(), blocks, Earlier{}, quarter, 7)
	if err != nil || d.Trial.OutOfTime || d.Trial.Customers != 1000 || d.Trial.Plain || !d.Stack.Weighs(churn.Baskets.Terms()...) || !d.Stack.Weighs(churn.NPS) {
		t.Errorf("got %+v with the stack %+v (%v), want baskets and mood to pay", d.Trial, d.Stack, err)
	}
	for i := range blocks[0] {
		blocks[0][i].Pattern.Repeats, blocks[0][i].Pattern.Last = 0, 0
	}
	d, err = Decide(t.Context(), blocks, Earlier{}, quarter, 7)
	if _, none := d.Fit.Warnings[0].(fit.NoStack); err != nil || !none || !d.Stack.Plain() || d.Trial.Customers != 0 || d.Trial.Plain {
		t.Errorf("nobody bought again: got %+v with the stack %+v (%v), want the reason why there is no stack", d, d.Stack, err)
	}
}

// The windows of stacks on trial have ended before the cut that judges them, and the log before their cuts is as long as a horizon and sixty
// days. Of a large log a sample judges, the same each time, and no customer in part.
func TestLookEarlier(t *testing.T) {
	e, events := panelEngine(t), orders(60, 700)
	first, until := events[0].StatedAt(), events[0].StatedAt().Add(700*24*time.Hour)
	got, err := LookEarlier(t.Context(), e, events, first, until, quarter)
	if err != nil || len(got.folds) != rolls {
		t.Fatalf("got %d hold-outs, want %d (%v)", len(got.folds), rolls, err)
	}
	for n, f := range got.folds {
		judged := until.Add(-quarter - time.Duration(n)*apart)
		want, err := Look(t.Context(), e, events, []panel.Cut{{At: judged, Window: quarter}})
		if err != nil || !slices.Equal(want[0], f.judged) {
			t.Errorf("hold-out %d: want the cases of %s to judge (%v)", n, judged, err)
		}
		latest, err := Look(t.Context(), e, events, []panel.Cut{{At: judged.Add(-4 * apart), Window: quarter}})
		if err != nil || len(f.train) != 3 || !slices.Equal(latest[0], f.train[0]) {
			t.Errorf("hold-out %d: %d cuts, want three, the first 16 weeks before the one that judges (%v)", n, len(f.train), err)
		}
	}
	for days, want := range map[int]int{353: 0, 354: 1, 381: 1, 382: 2} {
		got, err := LookEarlier(t.Context(), e, events, first, first.Add(time.Duration(days)*24*time.Hour), quarter)
		if err != nil || len(got.folds) != want {
			t.Errorf("of %d days: got %d hold-outs, want %d (%v)", days, len(got.folds), want, err)
		}
	}
}

// A sample holds about as many customers as judge.
func TestDrawn(t *testing.T) {
	n := 0
	for i := range 5 * judges {
		if drawn(strconv.Itoa(i), 5*judges) {
			n++
		}
	}
	if n < judges*9/10 || n > judges*11/10 || !drawn("ann", 1) {
		t.Errorf("got a sample of %d, want about %d", n, judges)
	}
}
