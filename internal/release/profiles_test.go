package release

import (
	"bytes"
	"maps"
	"slices"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/replay"
	"tidemark/internal/score"
)

// TestProfilesDecode: every profile of every release decodes, and holds what it held. A profile of the newest release is encoded again as
// it was.
func TestProfilesDecode(t *testing.T) {
	for _, r := range All(t) {
		profiles := r.Profiles(t)
		if len(profiles) < 20 {
			t.Errorf("release %d: %d profiles, want at least 20", r.Number, len(profiles))
		}
		for _, stored := range profiles {
			p, err := score.Decode([]byte(stored.Encoded))
			if err != nil {
				t.Errorf("release %d, %s at the %s: %v", r.Number, stored.Customer, stored.When, err)
				continue
			}
			if len(stored.Holds) < 10 {
				t.Errorf("release %d, %s at the %s: %d values, want at least 10", r.Number, stored.Customer, stored.When, len(stored.Holds))
			}
			for _, differs := range lacking(stored.Holds, holds(p)) {
				t.Errorf("release %d, %s at the %s: %s", r.Number, stored.Customer, stored.When, differs)
			}
			if again := p.Append(nil); r == Newest(t) && !bytes.Equal(again, []byte(stored.Encoded)) {
				t.Errorf("release %d, %s at the %s, encoded again: got %x, want %x", r.Number, stored.Customer, stored.When, again, stored.Encoded)
			}
		}
	}
}

// lost are the values that the profiles of a release can no longer come to, because the release had not kept what they follow from: by
// release and customer. A rebuild brings the values.
var lost = map[int]map[string]map[string]string{
	// The order gil-20 was placed on 10 January and stated again on the 11th. Release 1 forgot the day of the first version.
	1: {"gil": {
		"Facts.MeanGapDays": "99", "Facts.MedianGapDays": "99", "Facts.Until": "2027-01-11T00:00:00Z",
		"Facts.GapsKnown": "", "Facts.LogGaps": "", "Sequence": "8",
	}},
	// Releases 1 to 3 forgot the gaps between sealed purchase days, so that gil has no rhythm.
	2: {"gil": {"Facts.GapsKnown": "", "Facts.LogGaps": "", "Sequence": "8"}},
	3: {"gil": {"Facts.GapsKnown": "", "Facts.LogGaps": "", "Sequence": "8"}},
}

// toldMore is how many transitions a release had told of a customer by the cut that a replay of today does not tell: by release and customer.
// Releases 1 to 3 knew of no rhythm. They alerted gil, who buys every 120 days, before the next purchase was due. What was told counts in
// Sequence, and stays told.
var toldMore = map[int]map[string]int64{1: {"gil": 4}, 2: {"gil": 4}, 3: {"gil": 4}}

// TestProfilesGoOn: today's engine goes on from the profiles that each release left at the cut, and ends with the values and the
// transitions of a replay of the whole log, but for what is lost.
func TestProfilesGoOn(t *testing.T) {
	for _, r := range All(t) {
		engine := r.engine(t)
		events, before := r.Events(t)
		later := map[string][]event.Event{}
		var rest []event.Event
		for _, x := range events[before:] {
			rest = append(rest, x)
			if m := engine.Refers(x, score.Accepted); m != nil { // which a lane sends to the referrer's
				rest = append(rest, m)
			}
		}
		for _, life := range event.Lives(rest) {
			later[life[0].Common().Customer] = life
		}
		whole := map[string]replay.Customer{}
		for _, c := range replay.Run(engine, events, AsOf).Customers {
			whole[c.Profile.Customer] = c
		}
		went := 0
		for _, stored := range r.Profiles(t) {
			if stored.When != "cut" {
				continue
			}
			went++
			p, err := score.Decode([]byte(stored.Encoded))
			if err != nil {
				t.Fatal(err)
			}
			told := p.Sequence - toldMore[r.Number][stored.Customer]
			var transitions []score.Transition
			for _, x := range later[stored.Customer] {
				var more []score.Transition
				p, more, _ = engine.Apply(p, x)
				transitions = append(transitions, more...)
			}
			p, more := engine.Review(p, AsOf)
			transitions = append(transitions, more...)
			p.Outcomes = nil
			want := whole[stored.Customer]
			values := keepIDs(holds(want.Profile), &want.Profile, stored.Holds)
			maps.Copy(values, lost[r.Number][stored.Customer])
			for _, differs := range lacking(values, holds(engine.Schedule(p))) {
				t.Errorf("release %d, %s goes on: %s", r.Number, stored.Customer, differs)
			}
			if got, want := ids(transitions), ids(sinceErasure(want.Transitions)[told:]); !slices.Equal(got, want) {
				t.Errorf("release %d, %s goes on: transitions %v, want those of the replay, %v", r.Number, stored.Customer, got, want)
			}
		}
		if went < 10 {
			t.Errorf("release %d: %d profiles go on, want at least 10", r.Number, went)
		}
	}
}

// keepIDs returns what a profile holds at the end, but with the ids that the release gave before the cut. Consumers know what was said by
// these ids. A replay of today gives another id to a record of which a newer schema says more.
func keepIDs(end map[string]string, p *score.Profile, atCut map[string]string) map[string]string {
	if p.Standing.LastID != "" && p.Standing.Since < Cut {
		end["Standing.LastID"] = atCut["Standing.LastID"]
	}
	if p.Episode.ID != "" && p.Episode.RaisedAt < Cut {
		end["Episode.ID"] = atCut["Episode.ID"]
	}
	if p.Episode.LastID != "" && p.Episode.Since < Cut {
		end["Episode.LastID"] = atCut["Episode.LastID"]
	}
	return end
}

// sinceErasure returns the transitions after the last erasure: the sequence of a customer who comes back begins again.
func sinceErasure(transitions []score.Transition) []score.Transition {
	for i := len(transitions); i > 0; i-- {
		if transitions[i-1].Common().Cause == score.ByErasure {
			return transitions[i:]
		}
	}
	return transitions
}

func ids(transitions []score.Transition) []string {
	all := make([]string, len(transitions))
	for i, x := range transitions {
		all[i] = x.Common().ID
	}
	return all
}
