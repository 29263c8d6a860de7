package model_test

import (
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"tidemark/internal/model"
	"tidemark/internal/score/churn"
)

func chosenLines() *model.AlertLines {
	return &model.AlertLines{
		Levels:          [3]churn.Line{{Up: 300, Down: 100, Floor: .4}, {Up: 800, Down: 600, Floor: .475}, {Up: 1400, Down: 1200, Floor: .475}},
		MinPurchaseDays: 4, MinSilence: 21 * 24 * time.Hour, Wish: "at least 0.7 of the alerts true", Granted: true,
		Cutoffs: []string{"2010-03-01", "2010-05-31"}, Leavers: 77,
		Past: [3]model.AlertPast{
			{Alerts: 90, Month: 12.5, PerThousand: 3.25, True: .75, Recall: .5, Stake: 1234, Lead: 200},
			{Alerts: 45, Month: 6.25, PerThousand: 1.625, True: .8, Recall: .25, Stake: 2000, Lead: 150},
			{Month: 0, True: math.NaN(), Recall: 0, Stake: math.NaN(), Lead: math.NaN()},
		},
	}
}

// The lines go into section churn, and what they did into section fitted; the comments stay.
func TestRefitOfAlertLines(t *testing.T) {
	block := strings.Replace(string(model.Default()), "    watch:    {up: 0.5, down: 0.3, floor: 0.65}\n",
		"    watch:\n      up: 0.5 # enters\n      down: 0.3\n      floor: 0.65\n", 1)
	for why, base := range map[string]string{"levels in one line each": string(model.Default()), "a level in a block": block} {
		f, want := fitOf(fittedBG), chosenLines()
		f.Alerts = want
		raw, err := model.Refit([]byte(base), f)
		if err != nil {
			t.Fatalf("%s: %v", why, err)
		}
		m, err := model.Parse(raw)
		if err != nil {
			t.Fatalf("%s: %v", why, err)
		}
		if c := m.Churn; c.Levels != want.Levels || c.MinPurchaseDays != 4 || c.MinSilence != 21*24*time.Hour {
			t.Errorf("%s: got %+v, want %+v", why, c, want)
		}
		if !strings.Contains(string(raw), "min_silence_days: 21 # or the median gap") {
			t.Errorf("%s: the comment of min_silence_days is gone", why)
		}
		got, found, err := model.LinesOf(raw)
		nan := func(a *model.AlertLines) { // is not equal to itself
			p := &a.Past[2]
			if !math.IsNaN(p.True) || !math.IsNaN(p.Stake) || !math.IsNaN(p.Lead) {
				t.Errorf("%s: of no alert got %+v, want NaN", why, *p)
			}
			*p = model.AlertPast{}
		}
		if err != nil || !found {
			t.Fatalf("%s: LinesOf found %v (%v)", why, found, err)
		}
		nan(got)
		nan(want)
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v, want %+v", why, got, want)
		}

		// Another fit that chooses no lines keeps these, but no longer says what they did: the past is another.
		again, err := model.Refit(raw, fitOf(fittedBG))
		if err != nil {
			t.Fatal(err)
		}
		if m, _ := model.Parse(again); m.Churn.Levels != want.Levels {
			t.Errorf("%s: a fit without lines has %+v, want those of its base", why, m.Churn.Levels)
		}
		if _, found, _ := model.LinesOf(again); found {
			t.Errorf("%s: after a fit without lines they are still said to be chosen", why)
		}
		changed := strings.Replace(string(raw), "min_silence_days: 21 #", "min_silence_days: 20 #", 1)
		if _, found, err := model.LinesOf([]byte(changed)); found || err != nil {
			t.Errorf("%s: a line was changed by hand: found %v (%v), want not found", why, found, err)
		}
	}
}

func TestSectionAlertsIsChecked(t *testing.T) {
	f := fitOf(fittedBG)
	f.Alerts = chosenLines()
	raw, err := model.Refit(model.Default(), f)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct{ from, to, says string }{
		{"      critical:\n", "      dreadful:\n", "fitted.alerts.levels.critical"},
		{"true_share: 0.75", "true_share: 1.75", "fitted.alerts.levels.watch"},
		{"cutoffs: [\"2010-03-01\", \"2010-05-31\"]", "cutoffs: []", "fitted.alerts: needs"},
	} {
		broken := strings.Replace(string(raw), row.from, row.to, 1)
		if _, err := model.Parse([]byte(broken)); broken == string(raw) || err == nil || !strings.Contains(err.Error(), row.says) {
			t.Errorf("%q for %q: got %v, want an error with %q", row.to, row.from, err, row.says)
		}
	}
}
