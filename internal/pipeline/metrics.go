package pipeline

import (
	"strconv"

	"github.com/prometheus/client_golang/prometheus"

	"tidemark/internal/event"
)

// Metrics are the metrics of all lanes of a process. Register them with a registry. No metric is labelled by customer.
type Metrics struct {
	events, deadLetters, transitions, linkMessages, losses, dataLoss, errors                         *prometheus.CounterVec
	takeovers                                                                                        *prometheus.CounterVec
	conflicts, rebuilds, reviews, misrouted, stalls, forgotten                                       prometheus.Counter
	beyondCaps                                                                                       *prometheus.CounterVec
	committedSeconds, publishedSeconds                                                               *prometheus.HistogramVec
	commitSeconds, reviewDelay                                                                       prometheus.Histogram
	lag, checkpoint, outbox, held, paused, failing, open, shops, testAccounts, merged, uncontactable *prometheus.GaugeVec
	strangersHeld, quietHold                                                                         *prometheus.GaugeVec
	clockAhead                                                                                       prometheus.Gauge
	quality                                                                                          quality
	cache                                                                                            cacheMetrics
}

// latencies are the buckets, in seconds, of everything that should take well under a second.
var latencies = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300}

// NewMetrics returns metrics that are not registered yet.
func NewMetrics() *Metrics {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: "tidemark_" + name, Help: help})
	}
	counters := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: "tidemark_" + name, Help: help}, labels)
	}
	gauges := func(name, help string, labels ...string) *prometheus.GaugeVec {
		return prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "tidemark_" + name, Help: help}, labels)
	}
	seconds := func(name, help string) prometheus.HistogramOpts {
		return prometheus.HistogramOpts{Name: "tidemark_" + name, Help: help, Buckets: latencies}
	}
	m := &Metrics{
		events:       counters("events_total", "Records by what became of them: applied, duplicate, late, invalid, redelivered, erased, other_edition.", "topic", "result"),
		deadLetters:  counters("dead_letters_total", "Records sent to the dead letters.", "topic", "reason"),
		transitions:  counters("transitions_total", "Transitions committed, by kind and cause, and whether they were published: true, false, or control for an alert of the control group that the model keeps back.", "kind", "cause", "published"),
		linkMessages: counters("link_messages_total", "Messages of ids to each other, committed: PART carries a history, ERASURE tells of an erasure. REFERRAL tells a referrer of a buyer.", "kind"),
		losses:       counters("losses_found_total", "Shard heads found behind what the store had acknowledged.", "cause"),
		dataLoss:     counters("data_loss_total", "Shards whose input the log no longer holds; for recreated, partitions whose topic was deleted and created again.", "cause"),
		errors:       counters("errors_total", "Errors by what was being tried, and by their kind; the lane tries again.", "operation", "class"),
		takeovers:    counters("takeovers_again_total", "Takeovers in the midst of a lane's life, by what the lane had found.", "cause"),
		conflicts:    counter("commit_conflicts_total", "Commits that another came before."),
		rebuilds:     counter("shard_rebuilds_total", "Damaged shards that are rebuilt from the log."),
		reviews:      counter("reviews_fired_total", "Reviews run in silence."),
		forgotten:    counter("forgotten_total", "Prospects forgotten after the silence of --forget-prospects."),
		beyondCaps:   counters("facts_beyond_caps_total", "Events beyond the caps of a customer's history: they count, but their repetition or cancellation is not recognised.", "partition"),
		misrouted:    counter("copartition_mismatch_total", "Events whose customer belongs to another partition index."),
		stalls:       counter("stalls_total", "Lanes that were ended because they hung, or lagged without progress."),
		committedSeconds: prometheus.NewHistogramVec(
			seconds("event_committed_seconds", "From the record time of an event to its commit."), []string{"topic"}),
		publishedSeconds: prometheus.NewHistogramVec(
			seconds("event_published_seconds", "From the record time of an event to the acknowledgement of what it caused."), []string{"topic"}),
		commitSeconds: prometheus.NewHistogram(seconds("commit_seconds", "Time of one round of commits, retries included.")),
		reviewDelay:   prometheus.NewHistogram(seconds("review_delay_seconds", "From the due time of a review to the acknowledgement of what it said.")),
		lag:           gauges("consumer_lag", "Records not yet applied.", "topic", "partition"),
		checkpoint:    gauges("checkpoint_timestamp_seconds", "Unix time of the last checkpoint of a lane.", "partition"),
		outbox:        gauges("outbox_oldest_timestamp_seconds", "Unix time of the oldest committed output that is not yet acknowledged; 0 when there is none.", "partition"),
		held:          gauges("reviews_held_shards", "Shards with a review that is due, but held until the inputs have been read.", "partition"),
		strangersHeld: gauges("strangers_held_shards", "Shards with a review that is due, but held until partitions of other lanes, which feed the shard too, have been read as far; absent when there is none.", "partition"),
		quietHold:     gauges("quiet_hold", "1 while reviews wait because the topic has fallen quiet: see --quiet-hold.", "partition", "topic"),
		clockAhead: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "tidemark_clock_ahead_seconds", Help: "How far the local clock is ahead of the clock of Redis, in seconds.",
		}),
		paused:        gauges("paused", "1 while a lane pauses because too many records are bad.", "partition"),
		failing:       gauges("failing_timestamp_seconds", "Unix time since when a call has been failing that is tried again; absent when none is.", "partition", "operation"),
		shops:         gauges("shops", "Ids that many customers seem to share, as the id of all guests: they have no alerts; tidemark doctor names them. Shown by lane 0."),
		testAccounts:  gauges("test_accounts", "Test accounts, by the attribute test_account: they are in no list, alert, count or fit. Shown by lane 0."),
		merged:        gauges("merged_ids", "Ids that are merged into another id by a MERGED_INTO: the customer counts under the other id. Shown by lane 0."),
		uncontactable: gauges("uncontactable", "Customers who may be met on no channel: they are scored as all are. Shown by lane 0."),
		open:          gauges("open_transaction_timestamp_seconds", "Unix time since when an open transaction has held back a partition; absent when none does.", "topic", "partition"),
		quality:       newQuality(),
		cache:         newCacheMetrics(),
	}
	// Losses begin at zero: to Prometheus, a series that begins at one shows no increase.
	for _, behind := range []bool{true, false} {
		m.losses.WithLabelValues(lossCause(behind))
	}
	for _, cause := range []LossCause{Expired, Truncated, Gone, Recreated} {
		m.dataLoss.WithLabelValues(string(cause))
	}
	return m
}

// begin makes the dead letters of a lane's topics begin at zero, as NewMetrics does with losses.
func (m *Metrics) begin() {
	for _, topic := range event.Inputs() {
		for _, reason := range event.Reasons() {
			m.deadLetters.WithLabelValues(string(topic), string(reason))
		}
	}
}

// announced counts an output that is committed.
func (m *Metrics) announced(a announcement) {
	if a.ofLinks {
		m.linkMessages.WithLabelValues(a.kind).Inc()
		return
	}
	m.transitions.WithLabelValues(a.kind, a.cause, a.published()).Inc()
}

// forget drops the gauges of a lane that has ended: they no longer hold, and another process may own the partitions now.
func (m *Metrics) forget(index int) {
	of := prometheus.Labels{"partition": strconv.Itoa(index)}
	for _, gauge := range []*prometheus.GaugeVec{m.lag, m.checkpoint, m.outbox, m.held, m.paused, m.failing, m.open, m.strangersHeld, m.quietHold} {
		gauge.DeletePartialMatch(of)
	}
	if index == 0 { // the lane that counts the population and judges the models
		m.quality.reset()
		m.shops.Reset()
		m.testAccounts.Reset()
		m.merged.Reset()
		m.uncontactable.Reset()
	}
}

// collectors lists all metrics.
func (m *Metrics) collectors() []prometheus.Collector {
	all := []prometheus.Collector{
		m.events, m.deadLetters, m.transitions, m.linkMessages, m.losses, m.dataLoss, m.errors, m.takeovers, m.conflicts, m.rebuilds, m.reviews, m.misrouted, m.beyondCaps,
		m.forgotten, m.committedSeconds, m.publishedSeconds, m.commitSeconds, m.reviewDelay, m.lag, m.checkpoint, m.outbox, m.held, m.paused,
		m.failing, m.open, m.stalls, m.shops, m.testAccounts, m.merged, m.uncontactable, m.strangersHeld, m.quietHold, m.clockAhead,
	}
	for _, g := range m.quality.gauges() {
		all = append(all, g)
	}
	return append(all, m.cache.collectors()...)
}

// Describe implements prometheus.Collector.
func (m *Metrics) Describe(ch chan<- *prometheus.Desc) {
	for _, c := range m.collectors() {
		c.Describe(ch)
	}
}

// Collect implements prometheus.Collector.
func (m *Metrics) Collect(ch chan<- prometheus.Metric) {
	for _, c := range m.collectors() {
		c.Collect(ch)
	}
}
