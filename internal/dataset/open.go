package dataset

import (
	"bufio"
	"compress/gzip"
	"fmt"
	"io"
	"os"
)

// Progress is called with the number of bytes read from all files, as stored on disk, and the total number of bytes. The total
// is zero if it is unknown, as for standard input.
type Progress func(read, total int64)

// open opens a log for reading. "-" is standard input. A file that begins like gzip is decompressed, whatever its name.
func open(path string, meter *meter) (io.ReadCloser, error) {
	file := os.Stdin
	if path != "-" {
		var err error
		if file, err = os.Open(path); err != nil {
			return nil, err // the error names the operation and the path
		}
	}
	raw := bufio.NewReaderSize(meter.count(file), 64<<10)
	in := &input{Reader: raw, file: file}
	// A file too short to be peeked at is too short for gzip. Any other error comes again with the first read.
	if magic, _ := raw.Peek(2); string(magic) != "\x1f\x8b" {
		return in, nil
	}
	plain, err := gzip.NewReader(raw)
	if err != nil {
		_ = in.Close() // the first error matters
		return nil, fmt.Errorf("decompress %s: %w", path, err)
	}
	in.Reader = plain
	return in, nil
}

type input struct {
	io.Reader
	file *os.File
}

// Close closes the file. It leaves standard input open.
func (in *input) Close() error {
	if in.file == os.Stdin {
		return nil
	}
	return in.file.Close()
}

// meter counts the bytes of all files of one Read. A nil meter counts nothing.
type meter struct {
	read, total int64
	tell        Progress
}

func newMeter(files []string, tell Progress) *meter {
	if tell == nil {
		return nil
	}
	m := &meter{tell: tell}
	for _, file := range files {
		info, err := os.Stat(file)
		if err != nil || !info.Mode().IsRegular() {
			return &meter{tell: tell}
		}
		m.total += info.Size()
	}
	return m
}

func (m *meter) count(r io.Reader) io.Reader {
	if m == nil {
		return r
	}
	return counted{r, m}
}

type counted struct {
	io.Reader
	meter *meter
}

func (c counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.meter.read += int64(n)
	c.meter.tell(c.meter.read, c.meter.total)
	return n, err
}
