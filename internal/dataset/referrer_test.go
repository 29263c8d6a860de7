package dataset

import (
	"strings"
	"testing"

	"tidemark/internal/event"
)

// TestOrdersNameTheirReferrer: a column gives who has recommended the shop, on one row of the order or on each.
func TestOrdersNameTheirReferrer(t *testing.T) {
	const mapping = "customer=c,order=o,at=t,line_amount=a,referrer=by"
	log, err := readOrders(mapped(t, mapping), text("o.csv", "c,o,t,a,by", "ann,1,2026-03-01,5,bob", "ann,1,2026-03-01,7,", "cid,2,2026-03-02,9,", "dan,3,2026-03-03,9,bob", "dan,3,2026-03-03,9,ann"))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, x := range log.Events {
		got[x.Common().Customer] = event.ReferrerOf(x)
	}
	if len(got) != 2 || got["ann"] != "bob" || got["cid"] != "" {
		t.Errorf("referrers %v, want bob of ann and none of cid", got)
	}
	if len(log.Rejected) != 1 || log.Rejected[0].Reason != Ambiguous || !strings.Contains(log.Rejected[0].Examples[0].Detail, "referrer") {
		t.Errorf("left out %v, want the order with two referrers", log.Rejected)
	}
	if back := mapped(t, mapping).Mapping.String(); back != mapping {
		t.Errorf("the mapping is written as %s", back)
	}
}
