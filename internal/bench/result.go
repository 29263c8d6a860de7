package bench

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"tidemark/internal/terminal"
)

// Result is what a bench measured. CPU is in microseconds per event.
type Result struct {
	Servers    string     `json:"servers"`
	CPUs       int        `json:"cpus"`
	Events     int        `json:"events"`
	Customers  int        `json:"customers"`
	Mix        [3]float64 `json:"mix_interactions_purchases_feedback"`
	Partitions int        `json:"partitions"`
	Shards     int        `json:"shards"`

	Fetch       Rate `json:"fetch"`
	FetchDecode Rate `json:"fetch_decode"`
	// Set is the floor of storing: SETs of RedisBytesPerEvent, the bytes that Redis received per event of the service.
	Set     Rate `json:"set"`
	Scoring Rate `json:"scoring"`

	// Scored is the number of customers in the store, Outputs the number of published messages.
	Scored                int      `json:"scored"`
	Outputs               int      `json:"outputs"`
	RedisBytesPerEvent    int      `json:"redis_bytes_received_per_event"`
	RedisBytesPerCustomer int      `json:"redis_bytes_per_customer"`
	Latency               *Latency `json:"latency,omitempty"`
}

// Rate is a throughput and the CPU that it took, in microseconds per event. A CPU is absent if the system does not report it.
type Rate struct {
	PerSecond float64  `json:"events_per_second"`
	Seconds   float64  `json:"seconds"`
	Process   float64  `json:"cpu_us_process"`
	Redis     *float64 `json:"cpu_us_redis,omitempty"`
	Kafka     *float64 `json:"cpu_us_kafka,omitempty"`
}

// Latency is the time in milliseconds from an event's scheduled time until a consumer has the transition that the event causes.
type Latency struct {
	PerSecond float64 `json:"events_per_second"`
	Events    int     `json:"events"`
	Outputs   int     `json:"outputs"`
	// Unseen counts transitions that no consumer received in time. If it is not 0, the other figures are worthless.
	Unseen int     `json:"unseen"`
	P50    float64 `json:"p50_ms"`
	P99    float64 `json:"p99_ms"`
	Max    float64 `json:"max_ms"`
}

func rateOf(events int, took time.Duration, spent usage) Rate {
	each := func(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 / float64(events) }
	r := Rate{PerSecond: float64(events) / took.Seconds(), Seconds: took.Seconds(), Process: each(spent.process)}
	if spent.redis >= 0 {
		us := each(spent.redis)
		r.Redis = &us
	}
	if spent.kafka >= 0 {
		us := each(spent.kafka)
		r.Kafka = &us
	}
	return r
}

// Print writes r as a table.
func (r Result) Print(to io.Writer) error {
	fmt.Fprintf(to, "%s events of %s customers (interactions %g, purchases %g, feedback %g), %d partitions, %d CPUs\n%s\n\n",
		terminal.Grouped(int64(r.Events)), terminal.Grouped(int64(r.Customers)), r.Mix[0], r.Mix[1], r.Mix[2], r.Partitions, r.CPUs, r.Servers)
	t := tabwriter.NewWriter(to, 0, 0, 3, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "\tevents/s\tCPU µs/event: this process\tRedis\tKafka\t")
	r.row(t, "fetch", r.Fetch)
	r.row(t, "fetch + decode", r.FetchDecode)
	if r.Set.PerSecond > 0 {
		r.row(t, fmt.Sprintf("SET %d B", r.RedisBytesPerEvent), r.Set)
	}
	r.row(t, "score and publish", r.Scoring)
	if err := t.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(to, "\n%s outputs", terminal.Grouped(int64(r.Outputs)))
	if r.RedisBytesPerCustomer > 0 {
		fmt.Fprintf(to, "; Redis holds %s bytes for each of %s customers", terminal.Grouped(int64(r.RedisBytesPerCustomer)), terminal.Grouped(int64(r.Scored)))
	}
	fmt.Fprintln(to)
	if l := r.Latency; l != nil {
		fmt.Fprintf(to, "event to published at %s events/s: p50 %.0f ms, p99 %.0f ms, max %.0f ms (%s outputs of %s events)\n",
			terminal.Grouped(int64(l.PerSecond)), l.P50, l.P99, l.Max, terminal.Grouped(int64(l.Outputs)), terminal.Grouped(int64(l.Events)))
	}
	return nil
}

func (r Result) row(t io.Writer, what string, x Rate) {
	cpu := func(us *float64) string {
		if us == nil {
			return "–"
		}
		return fmt.Sprintf("%.1f", *us)
	}
	fmt.Fprintf(t, "%s\t%s\t%.1f\t%s\t%s\t\n", what, terminal.Grouped(int64(x.PerSecond)), x.Process, cpu(x.Redis), cpu(x.Kafka))
}
