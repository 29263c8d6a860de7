package serverstest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"tidemark/internal/servers"
)

// Prometheus returns the path of a program of Prometheus, prometheus or promtool: the installed one, or the one that
// deploy/install-servers.sh has downloaded. Without it the test is skipped; it fails instead if TIDEMARK_STRICT is 1.
func Prometheus(t testing.TB, program string) string {
	t.Helper()
	if found, err := exec.LookPath(program); err == nil {
		return found
	}
	cache, err := os.UserCacheDir()
	require(t, err)
	brought := filepath.Join(cache, "tidemark", "prometheus", program)
	if _, err := os.Stat(brought); err != nil {
		require(t, fmt.Errorf("%w: %s is not installed (deploy/install-servers.sh brings it)", servers.ErrMissing, program))
	}
	return brought
}
