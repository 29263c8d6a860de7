package main

import (
	"errors"
	"math"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/KimMachineGun/automemlimit/memlimit"
)

func TestCacheSize(t *testing.T) {
	for _, row := range []struct {
		text string
		want byteSize
	}{
		{"512MB", 512 << 20},
		{"512m", 512 << 20},
		{"2GB", 2 << 30},
		{"1.5g", 3 << 29},
		{"64MiB", 64 << 20},
		{"1073741824", 1 << 30},
		{"much", 0},
		{"", 0},
		{"-1", 0},
		{"0", 0},
		{"5 parsec", 0},
	} {
		var got byteSize
		if err := got.UnmarshalText([]byte(row.text)); got != row.want || (err == nil) != (row.want > 0) {
			t.Errorf("%q: want %d, got %d and error %v", row.text, row.want, got, err)
		}
	}
	if err := (cacheSettings{1 << 20}).check(); err == nil || !strings.Contains(err.Error(), "--cache-bytes must be at least 16MB") {
		t.Errorf("a cache of 1 MB: want it refused, got %v", err)
	}
	if err := (cacheSettings{leastCache}).check(); err != nil {
		t.Errorf("a cache of 16 MB: want it accepted, got %v", err)
	}
	if got := (cacheSettings{1 << 30}).limit(); got != 1<<30 {
		t.Errorf("a size that was given: want it, got %d", got)
	}
}

func TestCacheDefault(t *testing.T) {
	const gb = uint64(1 << 30)
	none := func() (uint64, error) { return 0, memlimit.ErrNoLimit }
	for _, row := range []struct {
		why                       string
		container, machine, other memlimit.Provider
		want                      int64
	}{
		{"a container with 2 GB", memlimit.Limit(2 * gb), memlimit.Limit(64 * gb), memlimit.Limit(math.MaxInt64), 512 << 20},
		{"no container", none, memlimit.Limit(8 * gb), memlimit.Limit(math.MaxInt64), 2 << 30},
		{"a limit of the container above the memory of the machine", memlimit.Limit(64 * gb), memlimit.Limit(8 * gb), memlimit.Limit(math.MaxInt64), 2 << 30},
		{"a lower GOMEMLIMIT", memlimit.Limit(2 * gb), memlimit.Limit(64 * gb), memlimit.Limit(gb), 256 << 20},
		{"a higher GOMEMLIMIT", memlimit.Limit(2 * gb), memlimit.Limit(64 * gb), memlimit.Limit(4 * gb), 512 << 20},
		{"a machine that does not tell", none, func() (uint64, error) { return 0, errors.New("unknown") }, memlimit.Limit(math.MaxInt64), 256 << 20},
		{"a tiny container", memlimit.Limit(32 << 20), memlimit.Limit(64 * gb), memlimit.Limit(math.MaxInt64), 16 << 20},
	} {
		if got := defaultCache(row.container, row.machine, row.other); got != row.want {
			t.Errorf("%s: want %d bytes, got %d", row.why, row.want, got)
		}
	}
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(128 << 20))
	if got := (cacheSettings{}).limit(); got > 32<<20 {
		t.Errorf("under a GOMEMLIMIT of 128 MB: want at most 32 MB, got %d", got)
	}
}
