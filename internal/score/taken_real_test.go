package score_test

import (
	"testing"

	"tidemark/internal/dataset"
	"tidemark/internal/event"
	"tidemark/internal/realdata"
	"tidemark/internal/replay"
	"tidemark/internal/score"
)

// Of a year of silence the last step before a fall may be next to nothing. What has happened since the tier was taken is not.
func TestFallsOfARealLogAreExplained(t *testing.T) {
	log, err := dataset.Read(dataset.JSONL, []string{realdata.File(t, "apparel/apparel.jsonl.gz")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	e := newEngine(t, event.Calendar{}, since)
	falls, small, told := 0, 0, 0
	all := replay.Run(e, log.Events, log.Events[len(log.Events)-1].At())
	for _, x := range all.Transitions() {
		change, ok := x.(*score.TierChanged)
		if !ok || change.Direction != score.Down {
			continue
		}
		falls++
		s, sum := change.SinceTaken, int32(0)
		for _, c := range s.Contributions {
			sum += c.Points
		}
		if sum != change.After-s.Points {
			t.Fatalf("%s at %s: the parts add up to %d, want %d", change.Customer, change.AsOf, sum, change.After-s.Points)
		}
		if magnitude(change.After-change.Before) >= 100 {
			continue
		}
		small++
		if magnitude(sum) >= 100 {
			told++
		}
	}
	t.Logf("%d falls, the last step of %d is below a point, and %d of these are explained by more", falls, small, told)
	if small < 30 || told < small*9/10 {
		t.Errorf("%d of %d falls whose last step is below a point are explained by more, want nine of ten of at least 30", told, small)
	}
}
