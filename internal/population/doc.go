// Package population counts all customers at once. Every count is an integer, so that no order of adding and merging matters.
//
//	profile ──Labels, Change──> Census: customers, tiers, levels and the flows between them, exact at every instant
//	profile ──Read──> Reading ──Add──> Pass: histograms and sums of one cycle through a shard ──Merge──┐
//	                                                                     Census.At(day) ───────────────┴──> Snapshot of a day
//	Snapshots ──> rates, cohorts, pyramid, drivers, cut points
//
// Labels change only in commits, so the Census counts by increments. Indicators change with the clock, without a commit: a Pass evaluates them anew.
package population
