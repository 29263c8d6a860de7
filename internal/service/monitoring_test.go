package service

import (
	"encoding/json"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"gopkg.in/yaml.v3"

	"tidemark/internal/pipeline"
)

// watched is the query of an alert or of a dashboard panel, with the texts that show labels of its result.
type watched struct{ where, expr, texts string }

// TestWatchedMetricsExist compares the queries of the dashboard and the alerts with the metrics that the service registers. A query for
// another metric is no error anywhere; it never shows anything.
func TestWatchedMetricsExist(t *testing.T) {
	known := registered(t)
	all := append(alerts(t), dashboard(t)...)
	if len(all) < 40 {
		t.Fatalf("found %d expressions, want more: is this test blind?", len(all))
	}
	for _, w := range all {
		query := read(w.expr)
		var of []string // the labels of all its metrics
		for _, s := range query.metrics {
			labels, ok := known[s.name]
			if !ok {
				t.Errorf("%s: there is no metric %s", w.where, s.name)
				continue
			}
			of = append(of, labels...)
			for _, label := range s.labels {
				if !slices.Contains(labels, label) {
					t.Errorf("%s: %s has the labels %v, no %s", w.where, s.name, labels, label)
				}
			}
		}
		if len(query.metrics) == 0 {
			t.Errorf("%s: no metric in %q", w.where, w.expr)
		}
		for _, label := range append(query.groups, labelsShown(w.texts)...) {
			if !slices.Contains(of, label) {
				t.Errorf("%s: no metric of it has the label %s", w.where, label)
			}
		}
	}
}

// registered returns the labels of each metric of the service, and of the metrics that Prometheus itself adds.
func registered(t *testing.T) map[string][]string {
	t.Helper()
	registry := prometheus.NewRegistry()
	register(registry, AdminConfig{Metrics: pipeline.NewMetrics()})
	descriptions := make(chan *prometheus.Desc)
	go func() {
		registry.Describe(descriptions)
		close(descriptions)
	}()
	target := []string{"job", "instance"}
	known := map[string][]string{"up": target, "ALERTS": {"alertname", "alertstate", "severity"}}
	parts := regexp.MustCompile(`fqName: "(.*?)", help: .*, constLabels: \{(.*)\}, variableLabels: \{(.*)\}`)
	for d := range descriptions {
		found := parts.FindStringSubmatch(d.String())
		if found == nil {
			t.Fatalf("what is %s?", d)
		}
		labels := slices.Concat(target, regexp.MustCompile(`\w+`).FindAllString(regexp.MustCompile(`"[^"]*"`).ReplaceAllString(found[2]+" "+found[3], ""), -1))
		known[found[1]] = labels
		if strings.HasSuffix(found[1], "_seconds") { // a histogram, perhaps
			known[found[1]+"_bucket"] = append(slices.Clone(labels), "le")
		}
	}
	if labels := known["tidemark_events_total"]; !slices.Equal(labels, []string{"job", "instance", "topic", "result"}) {
		t.Fatalf("tidemark_events_total has the labels %v: is this test blind?", labels)
	}
	return known
}

// selector is a metric that a query names, with the labels that it asks for.
type selector struct {
	name   string
	labels []string
}

// query is the part of a PromQL query that this test reads. The tests of deploy check the syntax with Prometheus.
type query struct {
	metrics []selector
	groups  []string
}

var (
	quoted    = regexp.MustCompile(`"[^"]*"`)
	selection = regexp.MustCompile(`([a-zA-Z_]\w*)\s*\{([^}]*)\}`)
	window    = regexp.MustCompile(`\[[^\]]*\]|\boffset\s+\w+`)
	grouping  = regexp.MustCompile(`\b(?:by|on)\s*\(([^)]*)\)`)
	word      = regexp.MustCompile(`[a-zA-Z_]\w*\s*\(?`)
)

func read(expr string) query {
	var q query
	expr = window.ReplaceAllString(quoted.ReplaceAllString(expr, ""), "")
	for _, s := range selection.FindAllStringSubmatch(expr, -1) {
		q.metrics = append(q.metrics, selector{s[1], words(s[2])})
	}
	expr = selection.ReplaceAllString(expr, "")
	for _, g := range grouping.FindAllStringSubmatch(expr, -1) {
		q.groups = append(q.groups, words(g[1])...)
	}
	for _, w := range word.FindAllString(grouping.ReplaceAllString(expr, ""), -1) {
		w = strings.TrimSpace(w)
		if !strings.HasSuffix(w, "(") && !slices.Contains([]string{"and", "or", "unless", "by", "sum", "max", "count"}, w) {
			q.metrics = append(q.metrics, selector{name: w})
		}
	}
	return q
}

func words(s string) []string { return regexp.MustCompile(`\w+`).FindAllString(s, -1) }

// labelsShown returns the labels in a text: topic of {{topic}} in a legend, and of {{ $labels.topic }} in an annotation.
func labelsShown(text string) []string {
	var labels []string
	for _, found := range regexp.MustCompile(`\{\{\s*(?:\$labels\.)?(\w+)\s*\}\}`).FindAllStringSubmatch(text, -1) {
		labels = append(labels, found[1])
	}
	return labels
}

func TestReadQuery(t *testing.T) {
	got := read(`histogram_quantile(0.5, sum by (topic, le) (rate(a_bucket{x="b c", y!~"d"}[5m]))) >= 300 and on (topic) e > 0 unless f offset 1h`)
	var names []string
	for _, m := range got.metrics {
		names = append(names, m.name)
	}
	if want := []string{"a_bucket", "e", "f"}; !slices.Equal(names, want) {
		t.Errorf("metrics: got %v, want %v", names, want)
	}
	if want := []string{"x", "y"}; !slices.Equal(got.metrics[0].labels, want) {
		t.Errorf("labels asked for: got %v, want %v", got.metrics[0].labels, want)
	}
	if want := []string{"topic", "le", "topic"}; !slices.Equal(got.groups, want) {
		t.Errorf("groups: got %v, want %v", got.groups, want)
	}
}

// alerts returns the alerts of deploy/prometheus/alerts.yml.
func alerts(t *testing.T) []watched {
	t.Helper()
	file, err := os.Open("../../deploy/prometheus/alerts.yml")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var rules struct {
		Groups []struct {
			Name  string
			Rules []struct {
				Alert, Expr, For    string
				Labels, Annotations map[string]string
			}
		}
	}
	decoder := yaml.NewDecoder(file)
	decoder.KnownFields(true)
	if err := decoder.Decode(&rules); err != nil {
		t.Fatal(err)
	}
	var all []watched
	for _, group := range rules.Groups {
		for _, r := range group.Rules {
			all = append(all, watched{r.Alert, r.Expr, strings.Join(slices.Collect(maps.Values(r.Annotations)), " ")})
			if s := r.Labels["severity"]; s != "critical" && s != "warning" && s != "info" {
				t.Errorf("%s: severity %q, want critical, warning or info", r.Alert, s)
			}
			if r.Annotations["summary"] == "" || r.Annotations["description"] == "" {
				t.Errorf("%s: annotations %v, want what is the matter, and what to do", r.Alert, r.Annotations)
			}
		}
	}
	return all
}

// dashboard returns the queries of deploy/grafana/tidemark.json.
func dashboard(t *testing.T) []watched {
	t.Helper()
	raw, err := os.ReadFile("../../deploy/grafana/tidemark.json")
	if err != nil {
		t.Fatal(err)
	}
	var board struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr, LegendFormat string }
		}
	}
	if err := json.Unmarshal(raw, &board); err != nil {
		t.Fatal(err)
	}
	var all []watched
	for _, p := range board.Panels {
		for _, target := range p.Targets {
			all = append(all, watched{p.Title, target.Expr, target.LegendFormat})
		}
	}
	return all
}
