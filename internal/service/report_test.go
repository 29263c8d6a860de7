package service

import (
	"errors"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"tidemark/internal/pipeline"
	"tidemark/internal/shard"
)

// TestHeldReviewsAreLogged: a hold is a warning that says why and what to do; its end says how long it took, and is none.
func TestHeldReviewsAreLogged(t *testing.T) {
	core, lines := observer.New(zap.InfoLevel)
	s := &Service{cfg: Config{Log: zap.New(core)}}
	s.report(pipeline.Notice{Kind: pipeline.QuietHold, Partition: shard.Partition{Topic: "t"}, Operation: "do its producers run?", Err: errors.New("no record")})
	s.report(pipeline.Notice{Kind: pipeline.QuietOver, Partition: shard.Partition{Topic: "t"}, Took: time.Hour})
	all := lines.All()
	if len(all) != 2 || all[0].Level != zap.WarnLevel || all[1].Level != zap.InfoLevel {
		t.Fatalf("got %v, want a warning and an info", all)
	}
	if got := all[0].ContextMap(); got["operation"] != "do its producers run?" || got["error"] != "no record" || got["topic"] != "t" {
		t.Errorf("the hold: got %v, want its topic, why, and what to do", got)
	}
	if got := all[1].ContextMap(); got["took"] != time.Hour || got["topic"] != "t" {
		t.Errorf("the end: got %v, want its topic and how long it took", got)
	}
}
