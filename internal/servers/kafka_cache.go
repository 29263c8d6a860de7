package servers

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"tidemark/deploy"
)

// cache is a folder of one version of Kafka, under the user's cache folder:
//
//	jars/          the broker and all it needs, from Maven
//	formatted/     the data folder of a broker that never ran
//	classes.jsa    the classes of a running broker, as the Java VM wants them: a start takes half the time
//	lock           held by the process that makes any of these
//
// Each part is made aside and moved into place, so that there is never half of one.
type cache string

const (
	fetchTimeout = 10 * time.Minute
	clusterID    = "dGlkZW1hcmstdGVzdC0xMg" // 16 bytes in base64, as Kafka wants them
)

func (c cache) jars() string      { return filepath.Join(string(c), "jars") }
func (c cache) formatted() string { return filepath.Join(string(c), "formatted") }
func (c cache) classes() string   { return filepath.Join(string(c), "classes.jsa") }

// PrepareKafka makes ready whatever starts of that version need: with it they need no network.
func PrepareKafka(ctx context.Context, version string) error {
	if _, err := prepareKafka(ctx, version); err != nil {
		return fmt.Errorf("prepare kafka %s: %w", version, err)
	}
	return nil
}

func prepareKafka(ctx context.Context, version string) (cache, error) {
	base, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find the cache folder: %w", err)
	}
	c := cache(filepath.Join(base, "tidemark", "kafka-"+version))
	if c.complete() {
		return c, nil
	}
	if _, err := exec.LookPath("java"); err != nil {
		return "", missing("java is not installed")
	}
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	unlock, err := c.lock(ctx)
	if err != nil {
		return "", err
	}
	defer unlock()
	for _, part := range []struct {
		path  string
		build func(ctx context.Context, aside string) error
	}{
		{c.jars(), func(ctx context.Context, aside string) error { return fetchJars(ctx, version, aside) }},
		{c.formatted(), c.format},
		{c.classes(), c.archive},
	} {
		if err := makeOnce(ctx, part.path, part.build); err != nil {
			return "", err
		}
	}
	return c, nil
}

func (c cache) complete() bool {
	for _, part := range []string{c.jars(), c.formatted(), c.classes()} {
		if _, err := os.Stat(part); err != nil {
			return false
		}
	}
	return true
}

// lock keeps other processes out until unlock; the system frees it when a holder dies.
func (c cache) lock(ctx context.Context) (unlock func(), err error) {
	if err := os.MkdirAll(string(c), 0o755); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(filepath.Join(string(c), "lock"), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	err = await(ctx, func(context.Context) error {
		return syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	})
	if err != nil {
		_ = file.Close()
		return nil, fmt.Errorf("wait for the lock %s: %w", file.Name(), err)
	}
	return func() { _ = file.Close() }, nil
}

// makeOnce has made what lies at path, unless it is there.
func makeOnce(ctx context.Context, path string, build func(ctx context.Context, aside string) error) error {
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	aside := path + ".new"
	if err := os.RemoveAll(aside); err != nil { // of one that was interrupted
		return err
	}
	if err := build(ctx, aside); err != nil {
		return err
	}
	return os.Rename(aside, path)
}

func fetchJars(ctx context.Context, version, into string) error {
	maven, err := exec.LookPath("mvn")
	if err != nil {
		return missing("maven is not installed, and the jars of kafka %s were never fetched", version)
	}
	project, err := os.MkdirTemp("", "tidemark-maven-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(project) }()
	pom := filepath.Join(project, "pom.xml")
	if err := os.WriteFile(pom, deploy.KafkaPOM, 0o644); err != nil {
		return err
	}
	if err := run(ctx, maven, "-q", "-B", "-f", pom, "-Dkafka.version="+version, "-DincludeScope=runtime",
		"-DoutputDirectory="+into, "dependency:copy-dependencies"); err != nil {
		return fmt.Errorf("%w: maven does not bring the jars of kafka %s: %w", ErrMissing, version, err)
	}
	return nil
}

// format makes the folder of a broker that never ran. Brokers copy it, which spares each a Java VM of its own.
func (c cache) format(ctx context.Context, aside string) error {
	dir, err := os.MkdirTemp("", "tidemark-format-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	settings := alone(address(lowestPort), address(lowestPort+1)) // not used
	settings["log.dirs"] = aside
	properties := filepath.Join(dir, "server.properties")
	if err := writeProperties(properties, settings); err != nil {
		return err
	}
	return run(ctx, "java", c.command(dir, JVMSmall, "kafka.tools.StorageTool", "format", "-t", clusterID, "-c", properties)...)
}

// archive runs a broker once and has the Java VM write down the classes that it loaded.
func (c cache) archive(ctx context.Context, aside string) error {
	k, err := onFreePorts(func() (*Kafka, error) {
		return startKafka(ctx, c, KafkaOptions{JVM: append(slices.Clone(JVMSmall), "-XX:ArchiveClassesAtExit="+aside)})
	})
	if err != nil {
		return err
	}
	if err := k.Close(); err != nil {
		return err
	}
	if _, err := os.Stat(aside); err != nil { // this Java VM cannot: start without, as slowly as ever
		return os.WriteFile(aside, nil, 0o644)
	}
	return nil
}

// command returns the arguments for java.
func (c cache) command(dir string, jvm []string, class string, args ...string) []string {
	command := slices.Clone(jvm)
	if info, err := os.Stat(c.classes()); err == nil && info.Size() > 0 {
		command = append(command, "-XX:SharedArchiveFile="+c.classes()) // passed over where it does not fit
	}
	const logger = "-Dorg.slf4j.simpleLogger."
	command = append(command,
		"-Djava.io.tmpdir="+dir, // for the native parts of codecs
		"-XX:-UsePerfData",
		logger+"showDateTime=true", logger+"dateTimeFormat=HH:mm:ss.SSS",
		// These print every setting at every start.
		logger+"log.kafka.server.KafkaConfig=warn", logger+"log.org.apache.kafka.common.config.AbstractConfig=warn",
		"-cp", filepath.Join(c.jars(), "*"), class)
	return append(command, args...)
}

// run runs a command to its end. Its error says what it printed last.
func run(ctx context.Context, path string, args ...string) error {
	return finish(ctx, exec.CommandContext(ctx, path, args...))
}

// finish is run for a command of that ctx.
func finish(ctx context.Context, cmd *exec.Cmd) error {
	cmd.WaitDelay = time.Second
	out, err := cmd.CombinedOutput()
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	lines := strings.Split(string(bytes.TrimSpace(out)), "\n")
	return fmt.Errorf("%s: %w: %s", filepath.Base(cmd.Path), err, strings.Join(lines[max(0, len(lines)-3):], "\n"))
}
