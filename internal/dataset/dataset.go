// Package dataset reads purchase logs that people have, and lines of JSON, as events.
package dataset

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Format is a kind of log that can be read. A Format that did not come from ParseFormat may be none.
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
	// JSONL is one event a line; WriteJSONL writes it.
	JSONL Format = "jsonl"
)

// Formats returns the names of all formats, in the order in which a help text lists them.
func Formats() []string {
	return []string{string(CDNOW), string(CDNOWSample), string(OnlineRetail), string(Olist), string(JSONL)}
}

// ParseFormat returns the format of that name, or an error that lists the names.
func ParseFormat(name string) (Format, error) {
	if !slices.Contains(Formats(), name) {
		return "", fmt.Errorf("format %q is none of %s", name, strings.Join(Formats(), ", "))
	}
	return Format(name), nil
}

// Source is one opened log and the name by which errors call it.
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

func newReader(format Format, into *collector) (reader, error) {
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
	}
	_, err := ParseFormat(string(format))
	return nil, err
}

// Read opens the files and reads them as one log. The name "-" is standard input; a file that begins like gzip is decompressed,
// whatever its name. progress may be nil.
//
// A line that is not of the format ends it with an error that begins with file:line. An event that is well formed but
// breaks a rule of event.Validate, or of its format, is counted in the Log's Rejected and does not end it.
//
// In all formats but jsonl an event's id is a hash of its content and of its occurrence among equal contents of the
// same file. So the ids do not depend on the order of the lines, and a file read twice, or two overlapping exports, give
// the same ids again: the history counts an id once. In return, equal lines in two files count as one event.
func Read(format Format, files []string, progress Progress) (Log, error) {
	if len(files) == 0 {
		return Log{}, errors.New("no file to read")
	}
	into := &collector{}
	r, err := newReader(format, into)
	if err != nil {
		return Log{}, err
	}
	meter := newMeter(files, progress)
	for _, file := range files {
		if err := readFile(r, file, meter); err != nil {
			return Log{}, err
		}
	}
	if err := r.finish(); err != nil {
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
