package pipeline

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/servers/serverstest"
	"tidemark/internal/shard"
)

// scraped is the time between two scrapes, as in deploy/prometheus/prometheus.yml.
const scraped = 15 * time.Second

// scene is a running service that something befalls: it is well, then the fault is provoked, then an operator mends it. All the time its
// metrics are scraped. Its clock is that of a bubble, so hours cost nothing.
type scene struct {
	*world
	metrics *Metrics
	lanes   []*running
	// down says that the process has ended: it is not scraped.
	down bool
	// perTopic is the number of records of each topic between two scrapes.
	perTopic int
	sent     int
	// each is called before each scrape, if it is set.
	each func()
	// samples are the values of each series, one per scrape, "_" where there is none.
	samples map[string][]string
	scrapes int
	began   time.Time
	// trouble says what the store does to commits.
	trouble atomic.Pointer[func(context.Context) error]
	// slowness delays every publication.
	slowness atomic.Int64
}

func newScene(t *testing.T, partitions int) *scene {
	s := &scene{world: newWorld(t, toyScorer(), partitions, 4), metrics: NewMetrics(), perTopic: 4, samples: map[string][]string{}, began: time.Now()}
	s.logs.wait = time.Second // the scenes last for hours: fewer empty fetches
	s.adjust = func(c *Config) {
		c.Checkpoint = 3 * time.Second
		c.Metrics, c.OnDataLoss = s.metrics, ContinueFromFirst
		c.Store, c.Publisher = troubled{c.Store.(fusedStore), s}, slowPublisher{c.Publisher, s}
		c.ErrorClass = func(err error) string {
			if strings.Contains(err.Error(), "READONLY") {
				return "readonly"
			}
			return "other"
		}
	}
	return s
}

// troubled is the store of a scene.
type troubled struct {
	fusedStore
	of *scene
}

func (s troubled) Commit(ctx context.Context, commits []shard.Commit) []error {
	if f := s.of.trouble.Load(); f != nil {
		if err := (*f)(ctx); err != nil {
			errs := make([]error, len(commits))
			for i := range errs {
				errs[i] = err
			}
			return errs
		}
	}
	return s.fusedStore.Commit(ctx, commits)
}

// slowPublisher is the publisher of a scene.
type slowPublisher struct {
	Publisher
	of *scene
}

func (p slowPublisher) Publish(ctx context.Context, outputs []shard.Output) error {
	pass(time.Duration(p.of.slowness.Load()))
	return p.Publisher.Publish(ctx, outputs)
}

// befall makes the store do something to each commit; nil does nothing.
func (s *scene) befall(f func(context.Context) error) {
	if f == nil {
		s.trouble.Store(nil)
		return
	}
	s.trouble.Store(&f)
}

// open starts a lane for each partition index.
func (s *scene) open() {
	s.down, s.lanes = false, nil
	for index := range s.partitions {
		s.lanes = append(s.lanes, s.start(index, nil))
	}
}

// close ends the lanes.
func (s *scene) close() {
	for _, r := range s.lanes {
		r.stop()
		r.wait()
	}
	s.lanes = nil
}

// run lets time pass, with traffic and scrapes. A lane that has ended because it hung is started again, as the service does it; after any
// other end the process is down.
func (s *scene) run(d time.Duration) {
	for until := time.Now().Add(d); time.Now().Before(until); {
		next := time.Now().Add(scraped)
		for range s.perTopic {
			for _, topic := range event.Topics() {
				s.sent++
				s.send(topic, message{ID: fmt.Sprint("e", s.sent), Customer: fmt.Sprintf("c%02d", s.sent%40), Occurred: ago(0), Amount: 5})
			}
		}
		if s.each != nil {
			s.each() // may let some of the interval pass
		}
		pass(time.Until(next))
		for i, r := range s.lanes {
			select {
			case err := <-r.done:
				if errors.Is(err, ErrStalled) {
					s.lanes[i] = s.start(r.lane.cfg.Index, nil)
					continue
				}
				s.down = true
				r.done <- err
			default:
			}
		}
		s.scrape()
	}
}

// scrape notes the value of every series. Times are noted as seconds since the first scrape: there the clock of promtool begins.
func (s *scene) scrape() {
	found := map[string]float64{`up{job="tidemark"}`: 0}
	if !s.down {
		found = scrape(s.t, s.metrics)
		found[`up{job="tidemark"}`], found[`tidemark_ready{job="tidemark", instance="a"}`] = 1, number(s.ready())
	}
	for series, v := range found {
		if strings.Contains(series, "_timestamp_seconds{") && v != 0 {
			v -= float64(s.began.Add(scraped).Unix())
		}
		for len(s.samples[series]) < s.scrapes {
			s.samples[series] = append(s.samples[series], "_")
		}
		s.samples[series] = append(s.samples[series], fmt.Sprint(v))
	}
	for series, values := range s.samples {
		if _, ok := found[series]; ok {
			continue
		}
		gone := "_"
		if last := values[len(values)-1]; last != "_" && last != "stale" {
			gone = "stale" // as Prometheus notes it
		}
		s.samples[series] = append(values, gone)
	}
	s.scrapes++
}

// ready reports what /readyz says: that the process is in the group, and that each lane works. Package service asks the same of its lanes.
func (s *scene) ready() bool {
	for _, r := range s.lanes {
		if len(r.lane.Health().Problems(time.Now(), 30*time.Second)) > 0 {
			return false
		}
	}
	return len(s.lanes) > 0
}

// elapsed is the time from the first scrape to the last one.
func (s *scene) elapsed() time.Duration { return time.Duration(s.scrapes-1) * scraped }

// alertsFile is where the rules are, seen from this package.
const alertsFile = "../../deploy/prometheus/alerts.yml"

// rules returns the text of the rules, and the names of the alerts.
func rules(t *testing.T) (text string, names []string) {
	t.Helper()
	raw, err := os.ReadFile(alertsFile)
	if err != nil {
		t.Fatal(err)
	}
	for _, found := range regexp.MustCompile(`- alert: (\w+)`).FindAllStringSubmatch(string(raw), -1) {
		names = append(names, found[1])
	}
	return string(raw), names
}

// judge lets promtool evaluate the rules on what was scraped: no alert while the service is well, all wanted ones during the fault, and
// none in the end.
func (s *scene) judge(t *testing.T, name string, wanted []string, healthy, faulty time.Duration) {
	t.Helper()
	promtool := serverstest.Prometheus(t, "promtool")
	text, _ := rules(t)
	dir := t.TempDir()
	b := &strings.Builder{}
	fmt.Fprintf(b, "rule_files: [alerts.yml]\nevaluation_interval: %s\ntests:\n  - name: %q\n    interval: %s\n    input_series:\n", scraped, name, scraped)
	for series, values := range s.samples {
		metric, _, _ := strings.Cut(series, "{")
		if strings.Contains(text, metric) {
			fmt.Fprintf(b, "      - {series: '%s', values: '%s'}\n", series, strings.Join(values, " "))
		}
	}
	b.WriteString("    promql_expr_test:\n")
	expect := func(expr string, at time.Duration, firing bool) {
		fmt.Fprintf(b, "      - expr: '%s'\n        eval_time: %s\n", expr, at)
		if firing {
			b.WriteString("        exp_samples: [{value: 1}]\n")
		}
	}
	const firing = `count by (alertname) (ALERTS{alertstate="firing"%s})`
	expect(fmt.Sprintf("max_over_time("+firing+"[%s:%s])", "", healthy, scraped), healthy, false)
	for _, alert := range wanted {
		expect(fmt.Sprintf("clamp_max(max_over_time(count("+firing+")[%s:%s]), 1)", `, alertname="`+alert+`"`, faulty, scraped), healthy+faulty, true)
	}
	expect(fmt.Sprintf(firing, ""), s.elapsed(), false)
	for file, content := range map[string]string{"alerts.yml": text, "test.yml": b.String()} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	check := exec.CommandContext(t.Context(), promtool, "test", "rules", "test.yml")
	check.Dir = dir
	if out, err := check.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
