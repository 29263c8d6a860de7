package main

import (
	"fmt"
	"strconv"
	"strings"
)

// limitSettings bound what one record, and one batch of records, may take.
type limitSettings struct {
	MaxRecord byteSize `help:"Longest record that is accepted. A longer record goes to the dead letters. Memory for decoding grows with it: up to 10 times as much." default:"1MiB"`
	MaxBatch  byteSize `help:"Most memory that one compressed batch of records may take once it is decompressed. The records of a larger batch go to the dead letters without their content. The producers' batches and --max-record must fit." default:"64MiB"`
}

// check returns all mistakes in the flags.
func (l limitSettings) check() error {
	if l.MaxRecord < 1<<10 || l.MaxRecord > 64<<20 {
		return fmt.Errorf("--max-record %s is not in 1KiB–64MiB", l.MaxRecord)
	}
	if l.MaxBatch < leastBatch*l.MaxRecord || l.MaxBatch > 1<<30 {
		return fmt.Errorf("--max-batch %s is not between %d times --max-record and 1GiB", l.MaxBatch, leastBatch)
	}
	return nil
}

// leastBatch is how many of the longest records a batch must at least be able to hold: a record has a key and headers too.
const leastBatch = 2

// byteSize is a number of bytes in a flag: 1048576, 1024KiB or 1MiB.
type byteSize int64

// units are the units of a byteSize, the largest first.
var units = [...]struct {
	name string
	size int64
}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"", 1}}

// UnmarshalText reads a number with or without a unit.
func (s *byteSize) UnmarshalText(b []byte) error {
	for _, unit := range units {
		number, ok := strings.CutSuffix(string(b), unit.name)
		if !ok {
			continue
		}
		n, err := strconv.ParseInt(number, 10, 32)
		if err != nil || n < 0 {
			break
		}
		*s = byteSize(n * unit.size)
		return nil
	}
	return fmt.Errorf("%q is no number of bytes, such as 1048576, 1024KiB or 1MiB", b)
}

// String returns the size in the largest unit that divides it.
func (s byteSize) String() string {
	for _, unit := range units {
		if s != 0 && int64(s)%unit.size == 0 {
			return strconv.FormatInt(int64(s)/unit.size, 10) + unit.name
		}
	}
	return "0"
}
