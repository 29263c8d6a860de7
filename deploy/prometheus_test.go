package deploy_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"gopkg.in/yaml.v3"

	"tidemark/internal/servers"
	"tidemark/internal/servers/serverstest"
)

// TestAlerts lets promtool check the configuration and run alerts_test.yml, and checks that some case there fires each alert.
func TestAlerts(t *testing.T) {
	promtool := serverstest.Prometheus(t, "promtool")
	for _, args := range [][]string{{"check", "config", "prometheus.yml"}, {"test", "rules", "alerts_test.yml"}} {
		check := exec.CommandContext(bounded(t), promtool, args...)
		check.Dir = "prometheus"
		if out, err := check.CombinedOutput(); err != nil {
			t.Errorf("promtool %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
	cases := text(t, "deploy/prometheus/alerts_test.yml")
	for _, found := range regexp.MustCompile(`- alert: (\w+)`).FindAllStringSubmatch(text(t, "deploy/prometheus/alerts.yml"), -1) {
		expected := regexp.MustCompile(`(alertname: ` + found[1] + `\n\s*exp_alerts:|alertname="` + found[1] + `")`)
		if !expected.MatchString(cases) {
			t.Errorf("no case of alerts_test.yml has %s fire", found[1])
		}
	}
}

// TestPrometheusScrapes runs a real Prometheus and the service, both with the command lines and files of docker-compose.yml. Only
// paths and addresses differ. Prometheus must answer every query of the dashboard and of the alerts.
func TestPrometheusScrapes(t *testing.T) {
	binary := serverstest.Prometheus(t, "prometheus")
	running := startStack(t)
	service := running.project.Services["prometheus"]
	home := startPrometheus(t, binary, service.Command, running.admin)

	test := service.HealthCheck.Test
	ready := strings.Replace(test[len(test)-1], "http://localhost:9090", home, 1)
	eventually(t, ready+" says that it is ready", func() bool {
		status, _ := get(t, ready)
		return status == http.StatusOK
	})
	eventually(t, "the service is scraped", func() bool {
		_, found := ask(t, home, `up{job="tidemark"} == 1 and on (instance) tidemark_build_info`)
		return found == 1
	})
	for _, p := range dashboard(t).Panels {
		for _, target := range p.Targets {
			if problem, _ := ask(t, home, strings.ReplaceAll(target.Expr, "$__rate_interval", "1m")); problem != "" {
				t.Errorf("%s: %s\n%s", p.Title, target.Expr, problem)
			}
		}
	}
	var rules struct {
		Data struct {
			Groups []struct {
				Rules []struct{ Name, Query string }
			}
		}
	}
	_, answer := get(t, home+"/api/v1/rules")
	if err := json.Unmarshal(answer, &rules); err != nil {
		t.Fatal(err)
	}
	alerts := 0
	for _, group := range rules.Data.Groups {
		for _, r := range group.Rules {
			alerts++
			if problem, _ := ask(t, home, r.Query); problem != "" {
				t.Errorf("%s: %s\n%s", r.Name, r.Query, problem)
			}
		}
	}
	if want := strings.Count(text(t, "deploy/prometheus/alerts.yml"), "- alert:"); alerts != want || want == 0 {
		t.Errorf("it has %d alerts, want %d", alerts, want)
	}
}

// startPrometheus starts a Prometheus that scrapes the scorer at an address, host:port, and returns the URL of Prometheus.
func startPrometheus(t *testing.T, binary string, command []string, scorer string) string {
	t.Helper()
	dir := t.TempDir()
	ports, err := servers.FreePorts(1)
	if err != nil {
		t.Fatal(err)
	}
	address := "127.0.0.1:" + strconv.Itoa(ports[0])
	args := []string{"--web.listen-address=" + address}
	for _, arg := range command {
		arg = strings.Replace(arg, "=/etc/prometheus/", "="+dir+"/", 1)
		args = append(args, strings.Replace(arg, "=/prometheus", "="+dir+"/data", 1))
	}
	for file, content := range map[string]string{"prometheus.yml": found(t, scorer), "alerts.yml": text(t, "deploy/prometheus/alerts.yml")} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), binary, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // nobody needs its data
		_ = cmd.Wait()
		_ = log.Close()
		if said, err := os.ReadFile(log.Name()); t.Failed() {
			t.Logf("prometheus %q said %v\n%s", args, err, said)
		}
	})
	return "http://" + address
}

// found returns prometheus.yml with the scorer's address in place of the DNS lookup of its containers.
func found(t *testing.T, scorer string) string {
	t.Helper()
	var config map[string]any
	if err := yaml.Unmarshal([]byte(text(t, "deploy/prometheus/prometheus.yml")), &config); err != nil {
		t.Fatal(err)
	}
	var jobs []map[string]any
	for _, job := range config["scrape_configs"].([]any) {
		jobs = append(jobs, job.(map[string]any))
	}
	names := fmt.Sprint(jobs[0]["dns_sd_configs"])
	if len(jobs) != 1 || !strings.Contains(names, "names:[tidemark] port:9464 ") {
		t.Fatalf("it scrapes %v, want tidemark at 9464 alone", jobs)
	}
	delete(jobs[0], "dns_sd_configs")
	jobs[0]["static_configs"] = []map[string]any{{"targets": []string{scorer}}}
	config["scrape_configs"] = jobs
	content, err := yaml.Marshal(config)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// ask sends a query. It returns the error message, empty if there is none, and the number of series.
func ask(t *testing.T, home, expr string) (problem string, series int) {
	t.Helper()
	status, answer := get(t, home+"/api/v1/query?query="+url.QueryEscape(expr))
	var result struct {
		Error string
		Data  struct{ Result []json.RawMessage }
	}
	if err := json.Unmarshal(answer, &result); err != nil {
		return fmt.Sprintf("status %d: %s", status, answer), 0
	}
	return result.Error, len(result.Data.Result)
}

// get sends a GET request. The status is 0 if nobody answers.
func get(t *testing.T, address string) (status int, body []byte) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, nil
	}
	defer response.Body.Close()
	body, err = io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, body
}

// eventually calls so until it returns true. The test ends after a minute without success.
func eventually(t *testing.T, what string, so func() bool) {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(time.Minute); !so(); <-tick.C {
		if time.Now().After(deadline) {
			t.Fatalf("after a minute still not so: %s", what)
		}
	}
}
