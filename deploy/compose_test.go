package deploy_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"

	"tidemark/internal/servers"
)

// root is the top folder of the repository, relative to this package.
const root = ".."

// project reads docker-compose.yml as Docker Compose does, and so also checks it against the schema of Compose files.
func project(t *testing.T) *types.Project {
	t.Helper()
	top, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := loader.LoadWithContext(context.Background(), types.ConfigDetails{
		WorkingDir:  top,
		ConfigFiles: []types.ConfigFile{{Filename: filepath.Join(top, "docker-compose.yml")}},
	})
	if err != nil {
		t.Fatalf("load docker-compose.yml: %v", err)
	}
	return loaded
}

// environment returns the variables that the file sets for a service. Variables that the file takes from the caller are left out.
func environment(s types.ServiceConfig) map[string]string {
	variables := map[string]string{}
	for name, value := range s.Environment {
		if value != nil {
			variables[name] = *value
		}
	}
	return variables
}

// data is the data folder of each service that keeps data. The service's image or command line decides which folder it is.
var data = map[string]string{
	"kafka": "/var/lib/kafka/data", "redis": "/data", "prometheus": "/prometheus", "grafana": "/var/lib/grafana",
}

func TestComposeNamesTheServices(t *testing.T) {
	want := []string{"grafana", "kafka", "prometheus", "redis", "schema-registry", "tidemark", "topics"}
	if got := slices.Sorted(slices.Values(project(t).ServiceNames())); !slices.Equal(got, want) {
		t.Errorf("services: got %v, want %v", got, want)
	}
}

func TestComposePinsImages(t *testing.T) {
	exact := regexp.MustCompile(`^[a-z]+(/[a-z-]+)?:v?\d+\.\d+\.\d+$`)
	for name, s := range project(t).Services {
		if s.Build == nil && !exact.MatchString(s.Image) {
			t.Errorf("%s: image %q, want an exact version", name, s.Image)
		}
		if s.Build != nil {
			if s.Image != "tidemark:local" || s.Build.Dockerfile != "deploy/Dockerfile" {
				t.Errorf("%s: image %q of %s, want tidemark:local of deploy/Dockerfile", name, s.Image, s.Build.Dockerfile)
			}
			if _, err := os.Stat(filepath.Join(s.Build.Context, s.Build.Dockerfile)); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	if got, want := project(t).Services["kafka"].Image, "apache/kafka:"+servers.Kafka4; got != want {
		t.Errorf("kafka: image %s, want %s, which the tests run", got, want)
	}
}

// TestComposePortsAreLocal checks that only this machine reaches the ports, because no service asks for a password.
func TestComposePortsAreLocal(t *testing.T) {
	taken := map[string]string{}
	for name, s := range project(t).Services {
		for _, p := range s.Ports {
			if p.HostIP != "127.0.0.1" || p.Published == "" {
				t.Errorf("%s: port %d is published at %q:%s, want 127.0.0.1", name, p.Target, p.HostIP, p.Published)
			}
			if other := taken[p.Published]; other != "" {
				t.Errorf("%s and %s both want port %s of the host", name, other, p.Published)
			}
			taken[p.Published] = name
		}
		if s.NetworkMode != "" {
			t.Errorf("%s: network mode %s, want none: it would listen everywhere", name, s.NetworkMode)
		}
	}
	for port, want := range map[string]string{"9092": "kafka", "6379": "redis", "8081": "schema-registry", "9090": "prometheus", "3000": "grafana"} {
		if taken[port] != want {
			t.Errorf("port %s leads to %q, want %s", port, taken[port], want)
		}
	}
}

func TestComposeChecksHealth(t *testing.T) {
	p := project(t)
	for name, s := range p.Services {
		if s.Restart == "no" {
			continue // this service ends by itself
		}
		if s.Restart != "unless-stopped" {
			t.Errorf("%s: restart %q, want unless-stopped", name, s.Restart)
		}
		if s.StopGracePeriod == nil || time.Duration(*s.StopGracePeriod) < 30*time.Second {
			t.Errorf("%s: stop_grace_period %v, want at least 30s to put its data in order", name, s.StopGracePeriod)
		}
		h := s.HealthCheck
		if h == nil || h.Disable || len(h.Test) < 2 || h.Test[0] != "CMD" {
			t.Errorf("%s: health check %+v, want a command, without a shell", name, h)
			continue
		}
		if h.Interval == nil || h.Timeout == nil || h.Retries == nil || h.StartPeriod == nil || h.StartInterval == nil {
			t.Errorf("%s: health check %+v, want all its times said", name, h)
			continue
		}
		if *h.Timeout >= *h.Interval || *h.StartInterval >= *h.StartPeriod {
			t.Errorf("%s: timeout %s of an interval of %s, one each %s in the first %s: want each less than what it is part of",
				name, h.Timeout, h.Interval, h.StartInterval, h.StartPeriod)
		}
	}
}

// TestComposeStartsInOrder checks that a service waits for every service whose address it is given, until that service is healthy.
// The scorer also waits until the topics are created.
func TestComposeStartsInOrder(t *testing.T) {
	p := project(t)
	for name, s := range p.Services {
		for other, how := range s.DependsOn {
			want := types.ServiceConditionHealthy
			if p.Services[other].Restart == "no" {
				want = types.ServiceConditionCompletedSuccessfully
			}
			if how.Condition != want {
				t.Errorf("%s waits until %s is %s, want %s", name, other, how.Condition, want)
			}
		}
		for _, address := range addresses(s) {
			host, _, _ := strings.Cut(address, ":")
			if _, waits := s.DependsOn[host]; !waits && host != name {
				t.Errorf("%s is told %s, but does not wait for it", name, address)
			}
		}
	}
	if _, waits := p.Services["tidemark"].DependsOn["topics"]; !waits {
		t.Error("tidemark does not wait for the topics")
	}
}

// addresses returns the addresses of services in a service's variables.
func addresses(s types.ServiceConfig) []string {
	var found []string
	for _, value := range environment(s) {
		found = append(found, regexp.MustCompile(`\b(kafka|redis|schema-registry|prometheus|tidemark):\d+\b`).FindAllString(value, -1)...)
	}
	return found
}

// TestComposeAddressesLeadSomewhere checks every address in a service's variables or health check: the service with
// this name listens on this port.
func TestComposeAddressesLeadSomewhere(t *testing.T) {
	p := project(t)
	serving := map[string]bool{}
	for name, s := range p.Services {
		for _, port := range s.Ports { // every port that serves is published
			serving[fmt.Sprintf("%s:%d", name, port.Target)] = true
		}
	}
	for listener := range strings.SplitSeq(environment(p.Services["kafka"])["KAFKA_LISTENERS"], ",") {
		serving["kafka"+listener[strings.LastIndex(listener, ":"):]] = true
	}
	told := 0
	for name, s := range p.Services {
		asked := addresses(s)
		if s.HealthCheck != nil {
			for _, word := range s.HealthCheck.Test {
				if _, port, ok := strings.Cut(word, "localhost:"); ok {
					port, _, _ = strings.Cut(port, "/")
					asked = append(asked, name+":"+port)
				}
			}
		}
		for _, address := range asked {
			told++
			if !serving[address] {
				t.Errorf("%s asks %s, where nobody listens; %v do", name, address, slices.Sorted(maps.Keys(serving)))
			}
		}
	}
	if told < 10 {
		t.Errorf("found %d addresses, want at least 10: is this test blind?", told)
	}
}

// TestComposeKeepsData checks that the data of each service is in a volume of its own, and that every file
// that a service mounts exists.
func TestComposeKeepsData(t *testing.T) {
	p := project(t)
	used := map[string]string{}
	for name, s := range p.Services {
		kept := ""
		for _, v := range s.Volumes {
			switch v.Type {
			case types.VolumeTypeVolume:
				if v.Source == "" || used[v.Source] != "" {
					t.Errorf("%s: volume %q at %s, want a named one of its own", name, v.Source, v.Target)
				}
				used[v.Source], kept = name, v.Target
			case types.VolumeTypeBind:
				if info, err := os.Stat(v.Source); err != nil || !info.Mode().IsRegular() || !v.ReadOnly {
					t.Errorf("%s: %s of %s, read-only: %t, %v; want a file of ours, read-only", name, v.Target, v.Source, v.ReadOnly, err)
				}
			default:
				t.Errorf("%s: %s is a %s", name, v.Target, v.Type)
			}
		}
		if kept != data[name] {
			t.Errorf("%s: a volume at %q, want one at %q", name, kept, data[name])
		}
	}
	for name := range p.Volumes {
		if used[name] == "" {
			t.Errorf("volume %s is nobody's", name)
		}
	}
}

func TestComposeConfinesServices(t *testing.T) {
	for name, s := range project(t).Services {
		if !slices.Contains(s.SecurityOpt, "no-new-privileges:true") || s.Privileged || len(s.CapAdd) > 0 {
			t.Errorf("%s: %v, privileged: %t, more capabilities: %v; want no privilege beyond those it starts with", name, s.SecurityOpt, s.Privileged, s.CapAdd)
		}
		if s.Build != nil && (!s.ReadOnly || !slices.Equal(s.CapDrop, []string{"ALL"}) || len(s.Tmpfs) > 0) {
			t.Errorf("%s: read-only: %t, dropped: %v, tmpfs: %v; want nothing that it could write, and no capability", name, s.ReadOnly, s.CapDrop, s.Tmpfs)
		}
	}
}
