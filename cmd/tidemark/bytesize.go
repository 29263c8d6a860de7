package main

import (
	"fmt"
	"strconv"

	"github.com/docker/go-units"
)

// byteSize is a number of bytes in a flag, such as 512MB, 1.5g or 1073741824. The units are powers of 1,024, as container runtimes
// read them.
type byteSize int64

// UnmarshalText reads a size.
func (s *byteSize) UnmarshalText(b []byte) error {
	n, err := units.RAMInBytes(string(b))
	if err != nil || n <= 0 {
		return fmt.Errorf("%q is no size, such as 512MB or 2GB", b)
	}
	*s = byteSize(n)
	return nil
}

// String returns the size in the largest unit that divides it.
func (s byteSize) String() string {
	for _, unit := range sizeUnits {
		if s != 0 && int64(s)%unit.size == 0 {
			return strconv.FormatInt(int64(s)/unit.size, 10) + unit.name
		}
	}
	return "0"
}

// sizeUnits are the units of a byteSize, the largest first.
var sizeUnits = [...]struct {
	name string
	size int64
}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"", 1}}
