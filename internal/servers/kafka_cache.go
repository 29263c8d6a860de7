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

// cache is the folder of one version of Kafka, below the user's cache folder:
//
//	jars/          the broker and the libraries that it needs, from Maven
//	formatted/     the data folder of a broker that has never run
//	classes.jsa    an archive of the classes that a broker loads: with it a start takes half the time
//	lock           locked by the process that makes one of the parts above
//
// Each part is made under another name and then renamed. So a part is either whole or absent.
type cache string

const (
	fetchTimeout = 10 * time.Minute
	clusterID    = "dGlkZW1hcmstdGVzdC0xMg" // Kafka wants 16 bytes in base64
)

func (c cache) jars() string      { return filepath.Join(string(c), "jars") }
func (c cache) formatted() string { return filepath.Join(string(c), "formatted") }
func (c cache) classes() string   { return filepath.Join(string(c), "classes.jsa") }

// PrepareKafka fills the cache for a version of Kafka: it downloads the jars and makes the other parts, within 10
// minutes. A later StartKafka of the version needs no network. If a part is not there, and cannot be made without Java or
// Maven, the error is ErrMissing.
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

// lock waits until no other process holds the lock, and takes it. unlock releases the lock; so does the
// system when the process dies.
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

// makeOnce calls build for a part of the cache that does not exist, and renames the result to path. It does nothing if path exists.
func makeOnce(ctx context.Context, path string, build func(ctx context.Context, aside string) error) error {
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	aside := path + ".new"
	if err := os.RemoveAll(aside); err != nil { // an interrupted build may have left it
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

// format makes the data folder of a broker that has never run. Each broker copies the folder: formatting one
// by itself would take a Java VM.
func (c cache) format(ctx context.Context, aside string) error {
	dir, err := os.MkdirTemp("", "tidemark-format-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	settings := singleNode(address(lowestPort), address(lowestPort+1)) // the tool wants addresses, and listens on none
	settings["log.dirs"] = aside
	properties := filepath.Join(dir, "server.properties")
	if err := writeProperties(properties, settings); err != nil {
		return err
	}
	return run(ctx, "java", c.command(dir, JVMSmall, "kafka.tools.StorageTool", "format", "-t", clusterID, "-c", properties)...)
}

// archive runs a broker once. At the broker's end the Java VM writes the archive of the classes that it loaded.
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
	if _, err := os.Stat(aside); err != nil { // this Java VM writes no archive: an empty file says that brokers start without one
		return os.WriteFile(aside, nil, 0o644)
	}
	return nil
}

// command returns the arguments of java that run a class of Kafka. dir is for temporary files.
func (c cache) command(dir string, jvm []string, class string, args ...string) []string {
	command := slices.Clone(jvm)
	if info, err := os.Stat(c.classes()); err == nil && info.Size() > 0 {
		command = append(command, "-XX:SharedArchiveFile="+c.classes()) // a Java VM ignores an archive of another Java VM
	}
	const logger = "-Dorg.slf4j.simpleLogger."
	command = append(command,
		"-Djava.io.tmpdir="+dir, // compression codecs unpack their native libraries here
		"-XX:-UsePerfData",
		logger+"showDateTime=true", logger+"dateTimeFormat=HH:mm:ss.SSS",
		// At level info these two print every setting at every start.
		logger+"log.kafka.server.KafkaConfig=warn", logger+"log.org.apache.kafka.common.config.AbstractConfig=warn",
		"-cp", filepath.Join(c.jars(), "*"), class)
	return append(command, args...)
}

// run runs a command to its end. The error holds the last three lines that the command printed.
func run(ctx context.Context, path string, args ...string) error {
	return finish(ctx, exec.CommandContext(ctx, path, args...))
}

// finish is run for a command that was made with ctx.
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
