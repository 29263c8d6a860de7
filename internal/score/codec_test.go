package score_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"math/rand/v2"
	"slices"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/score/churn"
	"tidemark/internal/score/tier"
)

func TestProfileRoundTrip(t *testing.T) {
	e := newEngine(t, event.Calendar{}, nil)
	for seed := range uint64(scaled(300)) {
		r := rand.New(rand.NewPCG(seed, 6))
		life := newLife(r)
		p := fold(t, e, life)
		if r.IntN(3) > 0 {
			p = e.Schedule(p)
		}
		p.Muted = r.IntN(2) == 0
		b := encode(p)
		got, err := score.Decode(b)
		if err != nil {
			t.Fatalf("life %d: Decode = %v\n%s", seed, err, describe(life))
		}
		if again := encode(got); !bytes.Equal(again, b) {
			t.Fatalf("life %d: encoded again: got %x, want %x", seed, again, b)
		}
		got.History, p.History = e.New("").History, e.New("").History
		if !same(got, p) {
			t.Fatalf("life %d: round trip: got %+v, want %+v", seed, got, p)
		}
	}
}

// same compares all but the history.
func same(p, q score.Profile) bool {
	return p.Customer == q.Customer && p.AsOf == q.AsOf && p.LastChange == q.LastChange && p.Due == q.Due && p.Sequence == q.Sequence &&
		p.Model == q.Model && p.Standing == q.Standing && p.Episode == q.Episode && p.Muted == q.Muted &&
		p.Drop == q.Drop && p.Unhappy == q.Unhappy && p.Trail.Month == q.Trail.Month && slices.Equal(p.Trail.Samples, q.Trail.Samples) &&
		p.Second == q.Second && p.Update == q.Update && p.Lapse == q.Lapse && p.Outreach == q.Outreach
}

func TestProfileCodecKeepsTheCorners(t *testing.T) {
	id := "00112233445566778899aabbccddeeff"
	for _, row := range []struct {
		why  string
		p    score.Profile
		want func(*score.Profile)
	}{
		{"nothing at all", score.Profile{Due: event.Never}, nil},
		{"no review to come", score.Profile{Customer: "c", AsOf: 1000, Due: event.Never}, nil},
		{"a review not yet computed", score.Profile{Customer: "c", AsOf: 1000, Due: score.Unscheduled}, nil},
		{"a review a millisecond ahead", score.Profile{AsOf: 1000, Due: 1001}, nil},
		{"a review that was due long ago is to be computed again, not forgotten", score.Profile{AsOf: 1000, Due: 1000}, func(p *score.Profile) { p.Due = score.Unscheduled }},
		{"a tier that was left", score.Profile{AsOf: 5, Due: event.Never, Standing: score.Standing{Since: 5, LastID: id}}, nil},
		{"an episode", score.Profile{AsOf: 9, Due: 10, Standing: score.Standing{Tier: tier.High, Since: 1, LastID: id}, Episode: score.Episode{
			Level: churn.Critical, Since: 8, RaisedAt: 7, ID: id, LastID: "ffeeddccbbaa99887766554433221100",
		}, Model: "0123456789abcdef", Muted: true, Sequence: 12}, nil},
		{"an open window, and an outreach", score.Profile{AsOf: 9, Due: 10, Second: score.SecondOrder{Open: true, RaisedAt: 7, ID: id}, Outreach: score.Outreach{At: 5, ID: "mail 7"}}, nil},
		{"news told, and news that waits", score.Profile{AsOf: 9, Due: 10, Update: score.Update{At: 8, ID: id, Due: 20}}, nil},
		{"news told, and an alert after it", score.Profile{AsOf: 9, Due: 10, Update: score.Update{At: 8}}, nil},
		{"news that waits for its own time", score.Profile{AsOf: 9, Due: 10, Update: score.Update{Due: 12}}, nil},
		{"a trail with a gap", score.Profile{AsOf: 9, Due: 10, Trail: score.Trail{Month: 600, Samples: []score.Sample{
			{Tier: tier.High, Points: 10_000, Risk: 1000, Value: 1 << 60}, {}, {Tier: tier.Low},
		}}}, nil},
		{"a drop of value, and a customer whom nobody heard of", score.Profile{AsOf: 9, Due: 10, Drop: score.DropEpisode{
			RaisedAt: 7, LastAt: 8, ID: id, LastID: "ffeeddccbbaa99887766554433221100", Told: 3, Muted: true,
		}, Unhappy: score.UnhappyEpisode{Muted: true}}, nil},
		{"an unhappy customer", score.Profile{AsOf: 9, Due: 10, Unhappy: score.UnhappyEpisode{RaisedAt: 7, LastAt: 7, Newest: 6, ID: id, LastID: id, Told: 63}}, nil},
		{"a closed window, and a lapse", score.Profile{AsOf: 9, Due: 10, Second: score.SecondOrder{Closed: true, Muted: true}, Lapse: score.Lapse{EpisodeID: id, At: 4}}, nil},
	} {
		got, err := score.Decode(encode(row.p))
		want := row.p
		if row.want != nil {
			row.want(&want)
		}
		if err != nil || !same(got, want) {
			t.Errorf("%s: got %+v, %v; want %+v", row.why, got, err, want)
		}
	}
}

// The encoding stores the numbers of tiers and levels; a number that Append writes and Decode refuses would lose the profile.
func TestEveryTierAndLevelIsReadAgain(t *testing.T) {
	for i := range score.Tier(tier.Tiers) {
		for l := range score.Level(churn.Levels) {
			p := score.Profile{AsOf: 9, Due: 10, Standing: score.Standing{Tier: i, Since: 1}, Episode: score.Episode{Level: l}}
			if l != churn.None {
				p.Episode.Since, p.Episode.RaisedAt = 8, 7
			}
			if got, err := score.Decode(encode(p)); err != nil || !same(got, p) {
				t.Errorf("%s, %s: got %+v, %v; want %+v", i, l, got, err, p)
			}
		}
	}
}

// seal puts a checksum under a body.
func seal(body []byte) []byte {
	return binary.LittleEndian.AppendUint32(body, crc32.Checksum(body, crc32.MakeTable(crc32.Castagnoli)))
}

func TestDecodeKeepsWhatNewerVersionsWrote(t *testing.T) {
	e := newEngine(t, event.Calendar{}, nil)
	p := fold(t, e, newLife(rand.New(rand.NewPCG(1, 7))))
	b := encode(p)
	b = append(b[:len(b)-4], 99, 3, 'n', 'e', 'w', 200, 1, 1, '!') // tags 99 and 200
	b = seal(b)
	got, err := score.Decode(b)
	if err != nil {
		t.Fatalf("Decode of a newer profile = %v", err)
	}
	if again := encode(got); !bytes.Equal(again, b) {
		t.Errorf("unknown sections: got %x, want %x", again, b)
	}
	got, _ = e.Review(got, got.AsOf+day)
	if again := encode(got); !bytes.Contains(again, []byte{99, 3, 'n', 'e', 'w', 200, 1, 1, '!'}) {
		t.Errorf("after a review the unknown sections are gone: %x", again)
	}
}

func TestDecodeRefuses(t *testing.T) {
	for _, row := range []struct {
		why string
		b   []byte
	}{
		{"nothing", nil},
		{"too little", []byte{1, 0, 0}},
		{"another version", seal([]byte{2})},
		{"a wrong checksum", []byte{1, 1, 2, 3, 4}},
		{"a section that is cut short", seal([]byte{1, 2, 5, 'a'})},
		{"a section without a length", seal([]byte{1, 2})},
		{"tags that do not ascend", seal([]byte{1, 2, 1, 'a', 2, 1, 'b'})},
		{"tag zero", seal([]byte{1, 0, 1, 'a'})},
		{"a length beyond all bounds", seal([]byte{1, 2, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1})},
		{"a clock that is cut short", seal([]byte{1, 3, 1, 2})},
		{"a clock with something after it", seal([]byte{1, 3, 5, 2, 2, 2, 2, 2})},
		{"a tier that does not exist", seal([]byte{1, 4, 2, 10, 0})},
		{"a tier that wraps around to one", seal([]byte{1, 4, 3, 0x82, 4, 0})},
		{"a window in a state that does not exist", seal([]byte{1, 8, 1, 16})},
		{"a closed window with something after it", seal([]byte{1, 8, 2, 4, 0})},
		{"a lapse without an instant", seal([]byte{1, 9, 1, 0x80})},
		{"a level below none", seal([]byte{1, 5, 3, 1, 0, 0})},
		{"a history that is none", seal([]byte{1, 1, 1, 99})},
		{"a forecast of no days", seal([]byte{1, 11, 3, 1, 0, 4})},
		{"a forecast of a risk above one", seal([]byte{1, 11, 6, 1, 90, 0x84, 0x92, 0xf4, 1})},
		{"a forecast that is cut short", seal([]byte{1, 11, 2, 1, 90})},
		{"a forecast whose model is cut short", seal([]byte{1, 11, 6, 1, 90, 6, 1, 2, 3})},
		{"three forecasts", seal([]byte{1, 11, 9, 1, 90, 4, 1, 90, 4, 1, 90, 4})},
	} {
		if _, err := score.Decode(row.b); !errors.Is(err, score.ErrCorrupt) {
			t.Errorf("%s: got %v, want ErrCorrupt", row.why, err)
		}
	}
}

// Every single bit is under the checksum.
func TestDecodeFindsEveryFlippedBit(t *testing.T) {
	e := newEngine(t, event.Calendar{}, nil)
	p := fold(t, e, newLife(rand.New(rand.NewPCG(2, 7))))
	b := encode(p)
	for i := range 8 * len(b) {
		bad := slices.Clone(b)
		bad[i/8] ^= 1 << (i % 8)
		if _, err := score.Decode(bad); !errors.Is(err, score.ErrCorrupt) {
			t.Fatalf("bit %d flipped: got %v, want ErrCorrupt", i, err)
		}
	}
}

// Whatever bytes come, Decode answers; and what it accepts is stable, also for the engine.
func FuzzDecode(f *testing.F) {
	e := newEngine(f, event.Calendar{}, nil)
	for seed := range uint64(8) {
		life := newLife(rand.New(rand.NewPCG(seed, 8)))
		p := fold(f, e, life[:1+int(seed)%len(life)])
		b := encode(e.Schedule(p))
		f.Add(b[:len(b)-4])
	}
	f.Add([]byte{1, 3, 4, 2, 2, 2, 2, 4, 2, 2, 0})
	f.Fuzz(func(t *testing.T, body []byte) {
		if _, err := score.Decode(body); err != nil && !errors.Is(err, score.ErrCorrupt) {
			t.Errorf("without its checksum: got %v, want ErrCorrupt", err)
		}
		p, err := score.Decode(seal(body)) // as the fuzzer does not guess checksums
		if err != nil {
			if !errors.Is(err, score.ErrCorrupt) {
				t.Errorf("got %v, want ErrCorrupt", err)
			}
			return
		}
		b := encode(p)
		q, err := score.Decode(b)
		if err != nil {
			t.Fatalf("its own encoding %x: %v", b, err)
		}
		if again := encode(q); !bytes.Equal(again, b) {
			t.Errorf("encoded again: got %x, want %x", again, b)
		}
	})
}
