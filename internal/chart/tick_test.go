package chart_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tidemark/internal/chart"
)

func TestNiceTicks(t *testing.T) {
	for _, row := range []struct {
		name      string
		low, high float64
		steps     int
		want      []string
	}{
		{"shares", 0, 1, 5, []string{"0", "0.2", "0.4", "0.6", "0.8", "1.0"}},
		{"a step of 5", .81, .87, 4, []string{"0.82", "0.84", "0.86"}},
		{"below and above zero", -20, 20, 4, []string{"−20", "−10", "0", "10", "20"}},
		{"thousands share a unit, from 10,000 on", 0, 40_000, 4, []string{"0", "10k", "20k", "30k", "40k"}},
		{"four digits need no unit", 0, 4000, 4, []string{"0", "1000", "2000", "3000", "4000"}},
		{"millions with the decimals of the step", 0, 1_500_000, 3, []string{"0", "0.5M", "1.0M", "1.5M"}},
		{"the thousands tell nothing", 12_001, 12_003, 2, []string{"12001", "12002", "12003"}},
		{"too small for decimals", 0, 4e-7, 4, []string{"0", "1e−7", "2e−7", "3e−7", "4e−7"}},
		{"no multiple but zero", -1, 1, 1, []string{"0"}},
	} {
		if got := chart.NiceLabels(row.low, row.high, row.steps); !slices.Equal(got, row.want) {
			t.Errorf("%s: want %v, got %v", row.name, row.want, got)
		}
	}
}

func TestNiceTicksAreWithinAndFew(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		low := rapid.Float64Range(-1e12, 1e12).Draw(t, "low")
		high := low + rapid.OneOf(rapid.Float64Range(1, 1e12), rapid.Float64Range(1e-3, 1)).Draw(t, "span")*math.Max(1, math.Abs(low)*1e-5)
		steps := rapid.IntRange(3, 12).Draw(t, "steps")
		ticks := chart.NiceTicks(low, high, steps)
		if len(ticks) < 1 || len(ticks) > steps+1 {
			t.Errorf("%g to %g in %d steps: want 1 to %d ticks, got %v", low, high, steps, steps+1, ticks)
		}
		slack := (high - low) * 1e-5
		for i, v := range ticks {
			if v < low-slack || v > high+slack || i > 0 && v <= ticks[i-1] {
				t.Errorf("%g to %g: want rising ticks within, got %v", low, high, ticks)
			}
		}
	})
}

func TestTimeTicks(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		name, low, high string
		most            int
		zone            *time.Location
		want            []string
	}{
		{"quarters of an hour", "2026-03-01T10:05:00Z", "2026-03-01T11:05:00Z", 5, time.UTC, []string{"10:15", "10:30", "10:45", "11:00"}},
		{"hours, and the day at midnight", "2026-03-01T22:30:00Z", "2026-03-02T02:30:00Z", 6, time.UTC, []string{"23:00", "2026-03-02", "01:00", "02:00"}},
		{"days", "2026-03-01T12:00:00Z", "2026-03-04T12:00:00Z", 5, time.UTC, []string{"2026-03-02", "2026-03-03", "2026-03-04"}},
		{"Mondays", "2026-03-01T00:00:00Z", "2026-03-23T00:00:00Z", 5, time.UTC, []string{"2026-03-02", "2026-03-09", "2026-03-16", "2026-03-23"}},
		{"every other day where Mondays are one", "2026-03-03T00:00:00Z", "2026-03-10T00:00:00Z", 4, time.UTC, []string{"2026-03-03", "2026-03-05", "2026-03-07", "2026-03-09"}},
		{"months", "1997-12-09T00:00:00Z", "1998-03-31T00:00:00Z", 5, time.UTC, []string{"1998-01", "1998-02", "1998-03"}},
		{"quarters of a year", "1997-12-09T00:00:00Z", "1998-11-30T00:00:00Z", 5, time.UTC, []string{"1998-01", "1998-04", "1998-07", "1998-10"}},
		{"years", "2019-06-01T00:00:00Z", "2023-06-01T00:00:00Z", 5, time.UTC, []string{"2020", "2021", "2022", "2023"}},
		{"decades", "1955-06-01T00:00:00Z", "1999-06-01T00:00:00Z", 5, time.UTC, []string{"1960", "1980"}},
		{"days of a zone whose clock is put forward", "2026-03-28T12:00:00Z", "2026-03-30T12:00:00Z", 4, berlin, []string{"2026-03-29", "2026-03-30"}},
		{"an hour that comes twice has one tick", "2026-10-24T23:30:00Z", "2026-10-25T02:30:00Z", 5, berlin, []string{"02:00", "03:00"}},
	} {
		low, high := instant(t, row.low), instant(t, row.high)
		if got := chart.TimeLabels(low, high, row.most, row.zone); !slices.Equal(got, row.want) {
			t.Errorf("%s: want %v, got %v", row.name, row.want, got)
		}
	}
}

func instant(t *testing.T, text string) float64 {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return chart.At(at)
}

func TestCompact(t *testing.T) {
	for _, row := range []struct {
		v    float64
		want string
	}{
		{0, "0"},
		{math.Copysign(0, -1), "0"},
		{.81223, "0.8122"},
		{-1234, "−1234"},
		{9999.9, "10k"},
		{12_346, "12.35k"},
		{4_500_000, "4.5M"},
		{2e9, "2G"},
		{7.5e13, "75T"},
		{2.5e20, "2.5e20"},
		{.0000002, "2e−7"},
		{1e-4, "0.0001"},
		{math.NaN(), "–"},
		{math.Inf(-1), "–"},
		{math.MaxFloat64, "–"},
	} {
		if got := chart.Compact(row.v); got != row.want {
			t.Errorf("%g: want %s, got %s", row.v, row.want, got)
		}
	}
}

func TestShade(t *testing.T) {
	for _, row := range []struct {
		name         string
		v, low, high float64
		want         int
	}{
		{"the lowest", 0, 0, 1, 0},
		{"the highest", 1, 0, 1, 9},
		{"a border belongs to the shade above", .5, 0, 1, 5},
		{"beyond the end", 7, 0, 1, 9},
		{"an empty range", 3, 3, 3, 5},
		{"the largest range", 1e300, -1e300, 1e300, 9},
		{"not known", math.NaN(), 0, 1, -1},
	} {
		if got := chart.Shade(row.v, row.low, row.high); got != row.want {
			t.Errorf("%s: want %d, got %d", row.name, row.want, got)
		}
	}
}
