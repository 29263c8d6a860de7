package dataset

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Format is a kind of log. A Format that did not come from ParseFormat may be invalid.
type Format string

// The formats.
const (
	// CDNOW is CDNOW_master.txt: customer_id, date, number_of_cds, dollar_value in columns.
	CDNOW Format = "cdnow"
	// CDNOWSample is CDNOW_sample.txt, one customer in ten: master_id, sample_id, date, cds, dollars.
	CDNOWSample Format = "cdnow-sample"
	// OnlineRetail is the UCI Online Retail file as CSV, also its second edition.
	OnlineRetail Format = "online-retail"
	// Olist is five files of the Brazilian shop: orders, customers, payments, items and reviews.
	Olist Format = "olist"
	// JSONL is one event a line. WriteJSONL writes it.
	JSONL Format = "jsonl"
	// CSV is a table of orders with a header: a shop's export. Options name its columns.
	CSV Format = "csv"
)

// Formats returns the names of all formats, in the order of the help text.
func Formats() []string {
	return []string{string(CDNOW), string(CDNOWSample), string(OnlineRetail), string(Olist), string(JSONL), string(CSV)}
}

// ParseFormat returns the format of a name. An error lists the valid names.
func ParseFormat(name string) (Format, error) {
	if !slices.Contains(Formats(), name) {
		return "", fmt.Errorf("format %q is none of %s", name, strings.Join(Formats(), ", "))
	}
	return Format(name), nil
}

// Source is an opened log, and its name in errors.
type Source struct {
	Name   string
	Reader io.Reader
}

// reader turns the sources of one format into events.
type reader interface {
	// read reads one source to its end.
	read(Source) error
	// finish is called once, after the last source.
	finish() error
}

func newReader(format Format, into *collector, o Options) (reader, error) {
	into.Options = o
	switch format {
	case CDNOW:
		return &cdnow{collector: into, names: names{}, columns: masterColumns}, nil
	case CDNOWSample:
		return &cdnow{collector: into, names: names{}, columns: sampleColumns}, nil
	case OnlineRetail:
		return &retail{collector: into, names: names{}}, nil
	case Olist:
		return newOlist(into), nil
	case JSONL:
		return &jsonl{collector: into}, nil
	case CSV:
		return &orders{collector: into, names: names{}}, nil
	}
	_, err := ParseFormat(string(format))
	return nil, err
}

// Read opens the files and reads them as one log. The name "-" is standard input; a file that begins like gzip is decompressed,
// whatever its name. progress may be nil.
//
// A line that is not of the format is left out, and counted as MALFORMED in Log.Rejected. So is an event that breaks a rule of
// event.Validate or of its format, with the reason of that rule. The reading goes on. What ends it is a file that cannot be read, a header
// without the columns that are needed, and files without a single line of the format. The error names the file, and the line where there
// is one.
//
// In all formats but jsonl, the id of an event is a hash of its content. Equal contents of one file are numbered, and the
// number is part of the hash. So the ids do not depend on the order of the lines. A file that is read twice, and two exports
// that overlap, give the same ids: the history counts an id once. The price is that equal lines of two files count as one
// event.
func Read(format Format, files []string, progress Progress) (Log, error) {
	return ReadWith(Options{}, format, files, progress)
}

// ReadWith is Read with options. Mapping, Currency, Decimal and Dates are for the format csv alone.
func ReadWith(o Options, format Format, files []string, progress Progress) (Log, error) {
	if len(files) == 0 {
		return Log{}, errors.New("no file to read")
	}
	into := &collector{}
	r, err := newReader(format, into, o)
	if err != nil {
		return Log{}, err
	}
	meter := newMeter(files, progress)
	for _, file := range files {
		if err := readFile(r, file, meter); err != nil {
			return Log{}, err
		}
	}
	if err := errors.Join(r.finish(), into.verdict()); err != nil {
		return Log{}, err
	}
	return into.log(), nil
}

func readFile(r reader, file string, meter *meter) error {
	f, err := open(file, meter)
	if err != nil {
		return err
	}
	defer f.Close()
	return r.read(Source{Name: file, Reader: f})
}
