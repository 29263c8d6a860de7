package deploy_test

import (
	"context"
	"errors"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"tidemark/internal/kafka"
	"tidemark/internal/servers"
	"tidemark/internal/servers/serverstest"
)

// bounded returns a context of one minute, for calls that take a moment on a quiet machine.
func bounded(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// available ends the test on an error. If this machine lacks a server, the test is skipped; it fails
// instead if TIDEMARK_STRICT is 1.
func available(t *testing.T, err error) {
	t.Helper()
	if errors.Is(err, servers.ErrMissing) && os.Getenv("TIDEMARK_STRICT") != "1" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestComposeRedis starts a real Redis with the command line of docker-compose.yml.
func TestComposeRedis(t *testing.T) {
	service := project(t).Services["redis"]
	command := slices.Clone(service.Command)
	if len(command) == 0 || command[0] != "redis-server" || len(command)%2 == 0 {
		t.Fatalf("redis: command %q, want redis-server and pairs of setting and value", command)
	}
	want := map[string]string{}
	var settings []string
	for pair := range slices.Chunk(command[1:], 2) {
		name := strings.TrimPrefix(pair[0], "--")
		settings = append(settings, name, pair[1])
		want[name] = pair[1]
	}
	for name, value := range map[string]string{"appendonly": "yes", "appendfsync": "everysec", "maxmemory-policy": "noeviction"} {
		if want[name] != value {
			t.Errorf("redis: %s %q, want %s", name, want[name], value)
		}
	}
	want["maxmemory"] = strconv.Itoa(1 << 30)

	r := serverstest.Redis(t, servers.RedisOptions{Settings: settings})
	for name, value := range want {
		if got, err := r.Client().ConfigGet(bounded(t), name).Result(); err != nil || got[name] != value {
			t.Errorf("a server with this command line: %s is %q, %v; want %q", name, got[name], err, value)
		}
	}

	_, port, err := net.SplitHostPort(r.Addr())
	if err != nil {
		t.Fatal(err)
	}
	check := func() (string, error) {
		probe := exec.CommandContext(bounded(t), service.HealthCheck.Test[1], append([]string{"-p", port}, service.HealthCheck.Test[2:]...)...)
		out, err := probe.CombinedOutput()
		return string(out), err
	}
	if said, err := check(); err != nil {
		t.Errorf("the health check of a Redis that serves: %v, saying %q", err, said)
	}
	// The health check must fail on an error in place of PONG. A Redis that loads its data answers an
	// error; this one wants a password.
	if err := r.Client().ConfigSet(bounded(t), "requirepass", "secret").Err(); err != nil {
		t.Fatal(err)
	}
	if said, err := check(); err == nil {
		t.Errorf("the health check of a Redis that does not serve: no error, saying %q; want one", said)
	}
}

// TestComposeKafka starts a real broker with the settings of docker-compose.yml. The image's own program turns the variables into
// server.properties, and formats the data folder. Only the addresses and the path of this folder differ.
func TestComposeKafka(t *testing.T) {
	ports, err := servers.FreePorts(3)
	if err != nil {
		t.Fatal(err)
	}
	inside, host := ports[0], ports[1]
	addresses := map[string]string{"19092": strconv.Itoa(inside), "9092": strconv.Itoa(host), "9093": strconv.Itoa(ports[2])}
	address := regexp.MustCompile(`[a-z]*:(\d+)`)
	folder := filepath.Join(t.TempDir(), "data")
	variables := environment(project(t).Services["kafka"])
	if got := variables["KAFKA_LOG_DIRS"]; got != data["kafka"] {
		t.Errorf("its data is in %s, want %s, which the image makes its own and the volume keeps", got, data["kafka"])
	}
	variables["KAFKA_LOG_DIRS"] = folder
	var list []string
	for name, value := range variables {
		value = address.ReplaceAllStringFunc(value, func(found string) string {
			port, ok := addresses[found[strings.Index(found, ":")+1:]]
			if !ok {
				t.Fatalf("%s: which port is %s?", name, found)
			}
			return "127.0.0.1:" + port
		})
		list = append(list, name+"="+value)
	}
	settings := propertiesOf(t, list)

	// internal/servers gives its brokers these settings by itself. So this broker would not show that the file lacks one.
	for name, value := range map[string]string{
		"auto.create.topics.enable": "false", "offsets.topic.replication.factor": "1",
		"transaction.state.log.replication.factor": "1", "transaction.state.log.min.isr": "1",
		"share.coordinator.state.topic.replication.factor": "1", "share.coordinator.state.topic.min.isr": "1",
	} {
		if settings[name] != value {
			t.Errorf("%s=%s, want %s: there is one broker, and tidemark creates the topics", name, settings[name], value)
		}
	}
	k := serverstest.Kafka(t, servers.KafkaOptions{Port: inside, Settings: settings})
	knows(t, k, settings)

	for _, port := range []int{inside, host} {
		leadsBack(t, "127.0.0.1:"+strconv.Itoa(port))
	}
	cluster, err := kafka.NewCluster(kafka.Config{Brokers: []string{"127.0.0.1:" + strconv.Itoa(host)}})
	if err != nil {
		t.Fatal(err)
	}
	defer cluster.Close()
	if err := cluster.CreateTopics(bounded(t), 12, 1); err != nil {
		t.Fatal(err)
	}
	findings, err := cluster.CheckTopics(bounded(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range findings {
		if !f.OK {
			t.Errorf("%s: %s (%s)", f.Name, f.Detail, f.Remedy)
		}
	}
}

// leadsBack checks that a client which asks the broker at an address is sent on to the same address. Nothing else may be reachable
// for this client.
func leadsBack(t *testing.T, address string) {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(address))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	metadata, err := kmsg.NewPtrMetadataRequest().RequestWith(bounded(t), client)
	if err != nil || len(metadata.Brokers) != 1 {
		t.Fatalf("ask the broker at %s: %v", address, err)
	}
	if b := metadata.Brokers[0]; net.JoinHostPort(b.Host, strconv.Itoa(int(b.Port))) != address {
		t.Errorf("who asks the broker at %s is told to go on at %s:%d", address, b.Host, b.Port)
	}
}

// propertiesOf runs the program that the image runs before the broker, and returns the settings in the
// server.properties that it writes.
func propertiesOf(t *testing.T, variables []string) map[string]string {
	t.Helper()
	defaults, mounted, final := t.TempDir(), t.TempDir(), t.TempDir()
	available(t, servers.RunKafkaClass(t.Context(), servers.Kafka4, variables, "kafka.docker.KafkaDockerWrapper",
		"setup", "--default-configs-dir", defaults, "--mounted-configs-dir", mounted, "--final-configs-dir", final))
	content, err := os.ReadFile(filepath.Join(final, "server.properties"))
	if err != nil {
		t.Fatal(err)
	}
	settings := map[string]string{}
	for line := range strings.Lines(string(content)) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok {
			settings[name] = value
		}
	}
	if len(settings) < 10 {
		t.Fatalf("server.properties: %q, want what the variables say", content)
	}
	return settings
}

// knows checks that the broker knows every setting. Of an unknown setting the broker would only warn.
func knows(t *testing.T, k *servers.Kafka, settings map[string]string) {
	t.Helper()
	ask := kmsg.NewPtrDescribeConfigsRequest()
	broker := kmsg.NewDescribeConfigsRequestResource()
	broker.ResourceType, broker.ResourceName = kmsg.ConfigResourceTypeBroker, settings["node.id"]
	ask.Resources = append(ask.Resources, broker)
	answer, err := ask.RequestWith(bounded(t), k.Client())
	if err != nil || len(answer.Resources) != 1 {
		t.Fatalf("ask for its settings: %v", err)
	}
	unknown := maps.Clone(settings)
	for _, c := range answer.Resources[0].Configs {
		if c.ConfigType != kmsg.ConfigTypeUnknown && c.Value != nil && *c.Value == settings[c.Name] {
			delete(unknown, c.Name)
		}
	}
	if len(unknown) > 0 {
		t.Errorf("the broker does not know, or changes, %v", unknown)
	}
}
