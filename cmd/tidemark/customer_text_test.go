package main

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/score"
)

func TestAmount(t *testing.T) {
	for _, row := range []struct {
		minor    int64
		currency event.Currency
		want     string
	}{
		{4992, "USD", "49.92 USD"},
		{-5, "EUR", "-0.05 EUR"},
		{0, "USD", "0.00 USD"},
		{1234, "JPY", "1234 JPY"},
		{-1, "BHD", "-0.001 BHD"},
		{12, "", "12 minor units"},
		{12, "ABC", "12 minor units ABC"},
	} {
		if got := amount(row.minor, row.currency); got != row.want {
			t.Errorf("%d %s: got %q, want %q", row.minor, row.currency, got, row.want)
		}
	}
}

// TestTheExportTellsEveryFieldOfAProfile: whoever adds a field to a profile decides here whether it is told of the customer who asks.
func TestTheExportTellsEveryFieldOfAProfile(t *testing.T) {
	told := map[reflect.Type]string{
		reflect.TypeFor[score.Profile](): "Customer History AsOf LastChange Due Sequence Erased Model Standing Taken Episode Muted Shop Test Uncontactable Second Update Lapse " +
			"Outreach Forecasts Former Notice Trail Drop Unhappy",
		reflect.TypeFor[score.Trail]():          "Month Samples",
		reflect.TypeFor[score.Sample]():         "Tier Points Risk Value",
		reflect.TypeFor[score.DropEpisode]():    "RaisedAt ID LastID LastAt Told Muted",
		reflect.TypeFor[score.UnhappyEpisode](): "RaisedAt ID LastID LastAt Told Newest Muted",
		reflect.TypeFor[score.Standing]():       "Tier Since LastID",
		reflect.TypeFor[score.Episode]():        "Level Since RaisedAt ID LastID",
		reflect.TypeFor[score.SecondOrder]():    "Open Closed RaisedAt ID Muted",
		reflect.TypeFor[score.Update]():         "At ID Due",
		reflect.TypeFor[score.Lapse]():          "EpisodeID At",
		reflect.TypeFor[score.Outreach]():       "At ID",
		reflect.TypeFor[score.Forecast]():       "AsOf Model Foreign Risk Days Contacted",
		reflect.TypeFor[score.Former]():         "Model AsOf Standing Taken Episode Second Lapse Muted Heard Ended",
		reflect.TypeFor[score.Taken]():          "At Scorecard Points Raw",
		reflect.TypeFor[score.Notice]():         "ID LastID At FallsAt To Muted",
	}
	// The encoding leaves these out: they are taken off before a profile is stored.
	passing := []string{"Outcomes", "Forgotten", "LeftOut"}
	for of, fields := range told {
		for f := range of.Fields() {
			if f.IsExported() && !slices.Contains(strings.Fields(fields), f.Name) && !slices.Contains(passing, f.Name) {
				t.Errorf("%s has the field %s: customer export must tell it, or the table here says why not", of, f.Name)
			}
		}
	}
}
