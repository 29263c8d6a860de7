package link_test

import (
	"flag"
	"fmt"
	"os"
	"testing"
)

// TestMain asks for more networks than rapid draws by default, and for no files of those that failed: the seed in the message repeats them.
// The command line overrides both.
func TestMain(m *testing.M) {
	for name, value := range map[string]string{"rapid.checks": "3000", "rapid.nofailfile": "true"} {
		if err := flag.Set(name, value); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}
