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

// The versions of Apache Kafka that the tests run on: the newest, and the last that older clusters can still be on.
const (
	Kafka4 = "4.4.0"
	Kafka3 = "3.9.2"
)

// KafkaOptions say how a broker runs. The zero value is the newest one, alone, on free ports, without logins, that
// creates no topic unasked.
type KafkaOptions struct {
	Version string // empty for Kafka4
	Port    int    // 0 for a free one
	Dir     string // empty for a temporary one, which Close removes
	// Settings are lines of server.properties. They win over ours.
	Settings map[string]string
	// Users may log in at LoginAddr.
	Users []KafkaUser
	// JVM are flags of the Java VM; nil for JVMSmall.
	JVM []string
}

// JVMSmall are flags for a quick start and little memory, as tests want them; JVMFast for a broker under load. Neither has the
// optimizing compiler: it pays after some minutes, and until then takes more of the CPU than the broker.
var (
	JVMSmall = []string{"-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"}
	JVMFast  = []string{"-Xms512m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"}
)

// Kafka is a broker in KRaft mode, its own controller, as a Java process.
type Kafka struct {
	Process
	addr, login string
	mark        string // by which we know it from others
	users       []KafkaUser
	client      *kgo.Client
}

// StartKafka starts a broker and waits until it answers and coordinates groups. The first start of a version fetches its
// jars, which takes a minute or two. The caller closes it.
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
	err = k.lay(cached, options)
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

// lay prepares the folder and the command.
func (k *Kafka) lay(cached cache, options KafkaOptions) error {
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
	settings := alone(k.addr, address(ports[1]))
	k.mark = rand.Text()
	settings["broker.rack"] = k.mark
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
	if _, err := os.Stat(settings["log.dirs"]); errors.Is(err, os.ErrNotExist) { // else it has run here before
		if err := os.CopyFS(settings["log.dirs"], os.DirFS(cached.formatted())); err != nil {
			return fmt.Errorf("copy the formatted folder: %w", err)
		}
	}
	k.path, k.args = java, cached.command(k.dir, options.JVM, "kafka.Kafka", properties)
	return nil
}

// alone are the settings of a broker that is its own controller, and all that there is.
func alone(addr, controller string) map[string]string {
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
		"log.cleaner.dedupe.buffer.size":   strconv.Itoa(8 << 20), // 128 MB otherwise
		"num.network.threads":              "2",
		"num.io.threads":                   "4",
		"group.min.session.timeout.ms":     "100", // lets tests miss a member soon
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

// Addr is the bootstrap address without a login, host:port.
func (k *Kafka) Addr() string { return k.addr }

// LoginAddr is the bootstrap address for the Users: SASL without TLS. Empty where there are none.
func (k *Kafka) LoginAddr() string { return k.login }

// Client is a client of it, for what ours cannot do. Close closes it.
func (k *Kafka) Client() *kgo.Client { return k.client }

// Close stops the broker; see Process.Close.
func (k *Kafka) Close() error {
	if k.client != nil {
		k.client.Close()
	}
	return k.Process.Close()
}

// serves is nil once the broker knows itself, and coordinates groups: only then does a first join go through at once.
func (k *Kafka) serves(ctx context.Context) error {
	metadata, err := kmsg.NewPtrMetadataRequest().RequestWith(ctx, k.client)
	if err != nil {
		return err
	}
	if b := metadata.Brokers; len(b) != 1 || b[0].Rack == nil || *b[0].Rack != k.mark {
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
