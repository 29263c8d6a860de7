package history_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/history"
)

// buys tells that a buyer, by hash, has bought on a day.
func buys(day int, buyer uint64) observed {
	at := event.Calendar{}.Start(base + event.Day(day))
	x := &event.Link{Head: event.Head{ID: fmt.Sprint("order ", day, buyer), OccurredAt: at, RecordedAt: at}, Referral: &event.LinkReferral{Buyer: fmt.Sprint(buyer)}}
	return observed{x, history.Amounts{Referral: history.ReferralOf(buyer)}}
}

// names is a REFERRAL_MADE of a day. A buyer of 0 is nobody, 1 the customer itself.
func names(day int, buyer uint64) observed {
	at := event.Calendar{}.Start(base + event.Day(day))
	o := observed{x: &event.Interaction{Head: event.Head{ID: fmt.Sprint("told ", day, buyer), OccurredAt: at, RecordedAt: at}, Kind: event.ReferralMade}}
	switch buyer {
	case 0:
	case 1:
		o.a.Referral = history.Referral{Named: true}
	default:
		o.a.Referral = history.ReferralOf(buyer)
	}
	return o
}

// A pair counts once, however it arrives. A REFERRAL_MADE that names nobody counts by itself.
func TestReferralsCountPairs(t *testing.T) {
	for _, row := range []struct {
		why               string
		seen              []observed
		referrals, buyers int
	}{
		{"nobody is named", []observed{names(0, 0), names(1, 0)}, 2, 0},
		{"one who has not bought", []observed{names(0, 20)}, 1, 0},
		{"one who buys", []observed{buys(0, 20)}, 1, 1},
		{"one who buys twice", []observed{buys(0, 20), buys(9, 20)}, 1, 1},
		{"one who is named, and buys", []observed{names(0, 20), buys(3, 20)}, 1, 1},
		{"one who is named months later", []observed{buys(0, 20), names(80, 20)}, 1, 1},
		{"one who is named twice, months apart", []observed{names(0, 20), names(80, 20)}, 1, 0},
		{"three in all", []observed{names(0, 20), buys(3, 20), buys(4, 30), names(50, 0), names(95, 40), names(300, 30)}, 4, 2},
		{"the customer itself", []observed{names(0, 1), names(60, 1)}, 0, 0},
		{"the customer itself, and nobody", []observed{names(0, 1), names(60, 0)}, 1, 0},
		{"a buyer of years ago", []observed{names(2000, 0), buys(0, 20)}, 2, 1},
	} {
		s, refused := remember(row.seen)
		if refused > 0 {
			t.Errorf("%s: %d refused", row.why, refused)
		}
		for day := range 400 { // 400 days on, all is folded
			f := s.Facts(event.Calendar{}.Start(s.Newest()+event.Day(day)), event.Calendar{})
			if f.Referrals != row.referrals || f.ReferredBuyers != row.buyers || f.ReferralsBeyond != 0 {
				t.Fatalf("%s, day %d: %d referrals, %d buyers, %d beyond; want %d, %d, 0", row.why, day, f.Referrals, f.ReferredBuyers, f.ReferralsBeyond, row.referrals, row.buyers)
			}
		}
		if s.Prospect() {
			t.Errorf("%s: a prospect, who may be forgotten", row.why)
		}
	}
}

// Beyond 64 pairs there is a count. Whoever is among the 64 counts once, a further pair counts each time, and each is counted as beyond the caps.
func TestReferralsBeyondTheCap(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var seen []observed
	for i := range uint64(80) {
		seen = append(seen, buys(0, 100+2*i))
	}
	r.Shuffle(len(seen), func(i, j int) { seen[i], seen[j] = seen[j], seen[i] })
	s, _ := remember(seen)
	f := s.Facts(event.Calendar{}.Start(base), event.Calendar{})
	if f.Referrals != 80 || f.ReferredBuyers != 80 || f.ReferralsBeyond != 16 || s.Spilled() != 16 {
		t.Errorf("80 buyers: %d referrals, %d buyers, %d beyond, %d spilled; want 80, 80, 16, 16", f.Referrals, f.ReferredBuyers, f.ReferralsBeyond, s.Spilled())
	}
	if n := len(s.Append(nil)); n > 64*8+20 {
		t.Errorf("%d bytes, want 64 hashes and little more", n)
	}
	s, _ = remember(append(seen, seen...))
	if f = s.Facts(event.Calendar{}.Start(base), event.Calendar{}); f.Referrals != 96 || f.ReferralsBeyond != 32 {
		t.Errorf("all of them again: %d referrals, %d beyond; want 96, 32", f.Referrals, f.ReferralsBeyond)
	}
}

// Of several ids of one referrer each pair counts once. A buyer whom one id names, and who bought naming the other, has bought.
func TestReferralsOfSeveralIDs(t *testing.T) {
	one, _ := remember([]observed{names(0, 20), buys(0, 30), names(0, 40), names(1, 0)})
	other, _ := remember([]observed{buys(200, 20), names(200, 30), names(200, 50), names(201, 1)})
	for _, s := range []history.Summary{history.Together(one, other), history.Together(other, one)} {
		f := s.Facts(event.Calendar{}.Start(s.Newest()), event.Calendar{})
		if f.Referrals != 5 || f.ReferredBuyers != 2 {
			t.Errorf("%d referrals, %d buyers, want 5 and 2", f.Referrals, f.ReferredBuyers)
		}
	}
}
