package backtest_test

import (
	"errors"
	"testing"
	"time"

	"tidemark/internal/avro"
	"tidemark/internal/backtest"
	"tidemark/internal/dataset"
	"tidemark/internal/event"
	"tidemark/internal/learn"
	"tidemark/internal/model"
	"tidemark/internal/realdata"
	"tidemark/internal/score"
)

func days(t *testing.T, dates ...string) []event.Instant {
	t.Helper()
	var all []event.Instant
	for _, date := range dates {
		at, err := time.Parse(time.DateOnly, date)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, event.InstantOf(at.AddDate(0, 0, 1))-1) // the end of the day
	}
	return all
}

func engine(t testing.TB) *score.Engine {
	t.Helper()
	m, err := model.Parse(model.Default())
	if err != nil {
		t.Fatal(err)
	}
	e, err := score.NewEngine(m, event.Calendar{}, avro.Identify, nil)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func run(t *testing.T, format dataset.Format, file string, cutoffs []event.Instant) *backtest.Result {
	t.Helper()
	log, err := dataset.Read(format, []string{realdata.File(t, file)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	r, err := backtest.Run(t.Context(), engine(t), log.Events, backtest.Options{Cutoffs: cutoffs, Horizon: 91 * 24 * time.Hour, UnitDays: 7})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestALogTooShort(t *testing.T) {
	log, err := dataset.Read(dataset.CDNOWSample, []string{realdata.File(t, "cdnow/CDNOW_sample.txt")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	o := backtest.Options{Cutoffs: days(t, "1997-05-30"), Horizon: 91 * 24 * time.Hour, UnitDays: 7}
	if _, err := backtest.Run(t.Context(), engine(t), log.Events, o); !errors.Is(err, learn.ErrShort) {
		t.Errorf("a cutoff five months after the beginning: want %v, got %v", learn.ErrShort, err)
	}
}
