package pipeline

// The counters of a census besides customers, tiers and levels. A shard without anybody to count may lack a counter.
const (
	// Shops counts the ids that behave like a shop.
	Shops = "shops"
	// TestAccounts counts the test accounts. They are among no other counter.
	TestAccounts = "test_accounts"
	// Merged counts the ids that are merged into another id. They are among no other counter: the customer counts under the other id.
	Merged = "merged_ids"
	// Uncontactable counts the customers who may be met on no channel.
	Uncontactable = "uncontactable"
)

// apart are the counters that are shown even where they are zero, so that nobody takes a missing one for an answer.
var apart = [...]string{Shops, TestAccounts, Merged, Uncontactable}

// countsLike reports whether two states of one customer count alike in the census.
func countsLike(a, b *known) bool {
	p, q := &a.profile, &b.profile
	return p.Standing.Tier == q.Standing.Tier && p.Episode.Level == q.Episode.Level &&
		p.Shop == q.Shop && p.Test == q.Test && p.Uncontactable == q.Uncontactable && p.Away() == q.Away()
}

// census counts a customer by tier and churn level. An id that behaves like a shop, and a customer without a channel, count once more. A
// test account, and an id that is merged into another, count as such, and as nothing else.
func census(counters map[string]int64, k *known, by int64) {
	if !k.exists {
		return
	}
	p := &k.profile
	switch {
	case p.Away():
		counters[Merged] += by
		return
	case p.Test:
		counters[TestAccounts] += by
		return
	}
	counters["customers"] += by
	counters["tier:"+p.Standing.Tier.String()] += by
	counters["level:"+p.Episode.Level.String()] += by
	if p.Shop {
		counters[Shops] += by
	}
	if p.Uncontactable {
		counters[Uncontactable] += by
	}
}
