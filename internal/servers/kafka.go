package servers

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// The versions of Apache Kafka that the tests run on: the newest, and the last of 3.x, which older clusters still run.
const (
	Kafka4 = "4.4.0"
	Kafka3 = "3.9.2"
)

// KafkaOptions say how a broker runs. The zero value is one broker of the newest version, on free ports, without logins. No broker
// creates topics by itself, unless Settings say so.
type KafkaOptions struct {
	Version string // empty for Kafka4
	Port    int    // 0 for a free port
	Dir     string // empty for a temporary folder, which Close removes
	// Settings are lines of server.properties. A setting here wins over the same setting of ours.
	Settings map[string]string
	// Users may log in at LoginAddr.
	Users []KafkaUser
	// JVM are flags of the Java VM; nil for JVMSmall.
	JVM []string
}

// Flags of the Java VM. JVMSmall gives a quick start and a small heap (256 MB), for tests; JVMFast a heap of 512 MB,
// for a broker under load. Both leave out the optimizing compiler. It pays off after some minutes, and until then
// takes more CPU than the broker.
var (
	JVMSmall = []string{"-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"}
	JVMFast  = []string{"-Xms512m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"}
)

// Kafka is a broker as a Java process. It runs in KRaft mode, and is its own controller.
type Kafka struct {
	Process
	addr, login string
	rack        string // broker.rack: a random text, by which we tell this broker from another on its port
	users       []KafkaUser
	client      *kgo.Client
}

// StartKafka starts a broker and waits until it serves clients and coordinates groups: up to a minute. The first start of a version
// downloads its jars, which takes a minute or two. Without Java, or without Maven for the download, the error is ErrMissing. The
// caller closes the broker.
func StartKafka(ctx context.Context, options KafkaOptions) (*Kafka, error) {
	if options.Version == "" {
		options.Version = Kafka4
	}
	if options.JVM == nil {
		options.JVM = JVMSmall
	}
	cached, err := prepareKafka(ctx, options.Version)
	if err != nil {
		return nil, fmt.Errorf("start kafka %s: %w", options.Version, err)
	}
	return onFreePorts(func() (*Kafka, error) { return startKafka(ctx, cached, options) })
}

func startKafka(ctx context.Context, cached cache, options KafkaOptions) (*Kafka, error) {
	dir, ours, err := folder(options.Dir, "kafka")
	if err != nil {
		return nil, fmt.Errorf("start kafka: %w", err)
	}
	k := &Kafka{users: options.Users}
	k.Process = Process{dir: dir, ours: ours, ready: k.serves}
	err = k.prepare(cached, options)
	if err == nil {
		k.name = "kafka " + options.Version + " on " + k.addr
		k.client, err = kgo.NewClient(kgo.SeedBrokers(k.addr), kgo.MetadataMinAge(lookEvery))
	}
	if err == nil {
		err = k.Start(ctx)
	}
	if err == nil {
		err = k.addUsers(ctx)
	}
	if err != nil {
		_ = k.Close()
		return nil, err
	}
	return k, nil
}

// prepare lays out the broker's folder, and sets the command that starts the broker.
func (k *Kafka) prepare(cached cache, options KafkaOptions) error {
	java, err := exec.LookPath("java")
	if err != nil {
		return missing("java is not installed")
	}
	ports, err := freePorts(3)
	if err != nil {
		return err
	}
	if options.Port != 0 {
		ports[0] = options.Port
	}
	k.addr = address(ports[0])
	settings := singleNode(k.addr, address(ports[1]))
	k.rack = rand.Text()
	settings["broker.rack"] = k.rack
	settings["log.dirs"] = filepath.Join(k.dir, "data")
	if len(options.Users) > 0 {
		k.login = address(ports[2])
		addLogin(settings, k.login, options.Users)
	}
	maps.Copy(settings, options.Settings)
	properties := filepath.Join(k.dir, "server.properties")
	if err := writeProperties(properties, settings); err != nil {
		return err
	}
	if _, err := os.Stat(settings["log.dirs"]); errors.Is(err, os.ErrNotExist) { // otherwise a broker has run in this folder before
		if err := os.CopyFS(settings["log.dirs"], os.DirFS(cached.formatted())); err != nil {
			return fmt.Errorf("copy the formatted folder: %w", err)
		}
	}
	k.path, k.args = java, cached.command(k.dir, options.JVM, "kafka.Kafka", properties)
	return nil
}

// singleNode returns the settings of a cluster of one node, which is both broker and controller.
func singleNode(addr, controller string) map[string]string {
	settings := map[string]string{
		"process.roles":                    "broker,controller",
		"node.id":                          "1",
		"controller.quorum.voters":         "1@" + controller,
		"listeners":                        "PLAINTEXT://" + addr + ",CONTROLLER://" + controller,
		"advertised.listeners":             "PLAINTEXT://" + addr,
		"controller.listener.names":        "CONTROLLER",
		"inter.broker.listener.name":       "PLAINTEXT",
		"listener.security.protocol.map":   "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,LOGIN:SASL_PLAINTEXT",
		"auto.create.topics.enable":        "false",
		"offsets.topic.num.partitions":     "1",
		"transaction.state.log.min.isr":    "1",
		"log.cleaner.dedupe.buffer.size":   strconv.Itoa(8 << 20), // the default is 128 MB
		"num.network.threads":              "2",
		"num.io.threads":                   "4",
		"group.min.session.timeout.ms":     "100", // so that tests notice a dead member soon
		"group.initial.rebalance.delay.ms": "0",
		"controlled.shutdown.enable":       "true",
	}
	for _, topic := range []string{"offsets.topic", "transaction.state.log", "share.coordinator.state.topic"} {
		settings[topic+".replication.factor"] = "1"
	}
	for _, topic := range []string{"transaction.state.log", "share.coordinator.state.topic"} {
		settings[topic+".num.partitions"] = "1"
		settings[topic+".min.isr"] = "1"
	}
	return settings
}

func writeProperties(path string, settings map[string]string) error {
	var text strings.Builder
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		text.WriteString(name + "=" + strings.ReplaceAll(settings[name], `\`, `\\`) + "\n")
	}
	return os.WriteFile(path, []byte(text.String()), 0o600) // it may hold passwords
}

// Addr returns the bootstrap address for clients without a login, host:port.
func (k *Kafka) Addr() string { return k.addr }

// LoginAddr returns the bootstrap address for the Users, host:port: SASL without TLS. It is empty if there are no Users.
func (k *Kafka) LoginAddr() string { return k.login }

// Client returns a client of the broker, for requests that our own Kafka client does not have. Close closes the client too.
func (k *Kafka) Client() *kgo.Client { return k.client }

// Close stops the broker; see Process.Close.
func (k *Kafka) Close() error {
	if k.client != nil {
		k.client.Close()
	}
	return k.Process.Close()
}

// serves returns nil when the broker is in its own metadata and coordinates groups. Before that, the first
// join of a group would wait.
func (k *Kafka) serves(ctx context.Context) error {
	metadata, err := kmsg.NewPtrMetadataRequest().RequestWith(ctx, k.client)
	if err != nil {
		return err
	}
	if b := metadata.Brokers; len(b) != 1 || b[0].Rack == nil || *b[0].Rack != k.rack {
		return fmt.Errorf("%d brokers are known, not this one alone", len(b))
	}
	ask := kmsg.NewPtrFindCoordinatorRequest()
	ask.CoordinatorKey, ask.CoordinatorKeys = "any", []string{"any"}
	answer, err := ask.RequestWith(ctx, k.client)
	if err != nil {
		return err
	}
	for _, coordinator := range answer.Coordinators {
		if err := kerr.ErrorForCode(coordinator.ErrorCode); err != nil {
			return err
		}
	}
	return kerr.ErrorForCode(answer.ErrorCode)
}
