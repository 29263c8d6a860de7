package main

import (
	"fmt"
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
