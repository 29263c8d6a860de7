package score_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/score/tier"
)

// subscriber is who hears all transitions of one customer, and nothing else.
type subscriber struct {
	tier   tier.Tier
	notice string
	// open are the ids of the open episodes.
	open map[score.AlertKind]string
	// wrong is what did not follow from what was heard before.
	wrong []string
}

func (s *subscriber) hear(x score.Transition) {
	check := func(ok bool, format string, args ...any) {
		if !ok {
			s.wrong = append(s.wrong, x.Common().AsOf.String()+": "+fmt.Sprintf(format, args...))
		}
	}
	switch x := x.(type) {
	case *score.TierChanged:
		check(x.Previous == s.tier, "the tier was %s, want %s", x.Previous, s.tier)
		check(x.NoticeID == "" || x.NoticeID == s.notice, "notice %q comes true, %q stands", x.NoticeID, s.notice)
		if s.tier = x.Tier; x.NoticeID != "" {
			s.notice = ""
		}
	case *score.TierWillChange:
		if x.State == score.Given {
			check(s.notice == "", "a notice is given, and %q stands", s.notice)
			s.notice = x.NoticeID
			return
		}
		check(s.notice != "" && s.notice == x.NoticeID, "%s of notice %q, %q stands", x.State, x.NoticeID, s.notice)
		if x.State == score.Withdrawn {
			s.notice = ""
		}
	case *score.ChurnAlert:
		if s.open == nil {
			s.open = map[score.AlertKind]string{}
		}
		if x.State == score.Raised {
			check(s.open[x.Kind] == "", "%s is raised, and %q is open", x.Kind, s.open[x.Kind])
			s.open[x.Kind] = x.EpisodeID
			return
		}
		check(s.open[x.Kind] != "" && s.open[x.Kind] == x.EpisodeID, "%s %s of %q, %q is open", x.Kind, x.State, x.EpisodeID, s.open[x.Kind])
		if x.State == score.Resolved || x.State == score.Retracted {
			delete(s.open, x.Kind)
		}
	case *score.WonBack:
	}
}

// knows compares what was heard with the labels of the customer.
func (s *subscriber) knows(p *score.Profile) []string {
	wrong := s.wrong
	for what, pair := range map[string][2]string{
		"tier":              {s.tier.String(), p.Standing.Tier.String()},
		"churn":             {s.open[score.Churn], p.Episode.ID},
		"second order":      {s.open[score.SecondOrderWindow], p.Second.ID},
		"drop of value":     {s.open[score.ValueDrop], p.Drop.ID},
		"unhappy customers": {s.open[score.FeedbackAlert], p.Unhappy.ID},
	} {
		if pair[0] != pair[1] {
			wrong = append(wrong, fmt.Sprintf("%s: heard %q, the profile has %q", what, pair[0], pair[1]))
		}
	}
	notice := ""
	if p.Notice.Stands() {
		notice = p.Notice.ID
	}
	if notice != s.notice {
		wrong = append(wrong, fmt.Sprintf("notice: heard %q, the profile has %q", s.notice, notice))
	}
	return wrong
}

// TestSubscribersFollowSwitches: whatever models come into force, and are taken back or not, a subscriber hears of each episode and each notice that
// stands, once, and of the end of each.
func TestSubscribersFollowSwitches(t *testing.T) {
	for seed := range uint64(scaled(500)) {
		s := newSwitched(t, seed)
		r := rand.New(rand.NewPCG(seed, 13))
		at := s.back + event.Instant(1+r.Int64N(int64(40*24*time.Hour/time.Millisecond)))
		third := replacing(t, modelOf(t, "cccccccccccccccc", another(r)), s.again, at)
		until := at + event.Instant(r.Int64N(200))*day
		for name, engines := range map[string][]*score.Engine{
			"no switch": {s.never}, "a switch": {s.never, s.trial}, "a switch that is taken back": {s.never, s.trial, s.again},
			"and another": {s.never, s.trial, s.again, third},
		} {
			var heard subscriber
			p := play(t, s.life, engines, until, heard.hear)
			if wrong := heard.knows(&p); len(wrong) > 0 {
				t.Fatalf("%s, %s: %q\n%s", &s, name, wrong, describe(s.life))
			}
		}
	}
}
