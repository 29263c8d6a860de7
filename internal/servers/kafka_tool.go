package servers

import (
	"context"
	"fmt"
	"os"
	"os/exec"
)

// RunKafkaClass runs a class of a version of Kafka to its end. The environment is this program's, with variables (NAME=value)
// added. An exit code other than 0 is an error, which holds the last three lines that the class printed. If the version must be
// prepared first, see PrepareKafka for ErrMissing.
func RunKafkaClass(ctx context.Context, version string, variables []string, class string, args ...string) error {
	cached, err := prepareKafka(ctx, version)
	if err != nil {
		return fmt.Errorf("run %s of kafka %s: %w", class, version, err)
	}
	dir, err := os.MkdirTemp("", "tidemark-kafka-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	cmd := exec.CommandContext(ctx, "java", cached.command(dir, JVMSmall, class, args...)...)
	cmd.Env = append(os.Environ(), variables...)
	return finish(ctx, cmd)
}

// FreePorts returns n different ports of loopback on which nobody listens, from 15,000 to 31,999. Another process may take a port
// before the caller does.
func FreePorts(n int) ([]int, error) { return freePorts(n) }
