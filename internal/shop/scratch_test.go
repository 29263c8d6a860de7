package shop

import (
	"fmt"
	"testing"
	"tidemark/internal/event"
	"tidemark/internal/stat"
	"time"
)

func TestScratch(t *testing.T) {
	for _, p := range []Population{CDNOW(), Lively()} {
		fmt.Println(p.Purchases.ExpectedNew(52), p.Purchases.PMF(0, 52), p.Purchases.Alive(stat.Rhythm{T: 52}))
	}
	c := Default(event.InstantOf(time.Date(2026, 3, 4, 15, 30, 0, 0, time.UTC)))
	s, err := Open(c)
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]int{}
	n := 0
	maxp := 0
	start := time.Now()
	seen := map[string]bool{}
	pd := map[string]int{}
	hist := map[int]int{}
	for m := range s.Messages() {
		n++
		maxp = max(maxp, s.Pending())
		k := string(m.Event.Topic()) + " "
		switch e := m.Event.(type) {
		case *event.Purchase:
			k += e.Kind.String()
			if e.Kind == event.Order {
				pd[e.Customer]++
			}
		case *event.Interaction:
			k += e.Kind.String()
		case *event.Feedback:
			k += e.Kind.String()
		}
		kinds[k]++
		kinds[m.Broken.String()]++
		seen[m.Event.Common().Customer] = true
	}
	fmt.Println(n, maxp, time.Since(start), len(seen))
	for _, v := range pd {
		hist[min(v, 10)]++
	}
	fmt.Println(hist)
	for k, v := range kinds {
		fmt.Println(k, v)
	}
}
