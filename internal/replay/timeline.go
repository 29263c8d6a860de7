package replay

import (
	"bufio"
	"cmp"
	"container/heap"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"tidemark/internal/event"
)

// Line is a transition as text, and what orders it among others: time, customer, and the transition's number within the customer.
type Line struct {
	At       event.Instant
	Customer string
	Sequence int64
	Text     []byte
}

func (l *Line) compare(m *Line) int {
	return cmp.Or(cmp.Compare(l.At, m.At), cmp.Compare(l.Customer, m.Customer), cmp.Compare(l.Sequence, m.Sequence))
}

// Timeline puts lines in order. It holds a bounded part of them in memory: it writes sorted runs to a file without a name, and merges them
// at the end. The zero value keeps the file in the system's folder for temporary files. The file is as large as the text of all lines.
//
//	Add ──> memory ──full──> run 1 │ run 2 │ run 3 ──merge──> WriteTo
type Timeline struct {
	// Dir is the folder of the file.
	Dir string
	// Memory is the bytes of text from which on a run is written. Zero stands for 16 MiB.
	Memory int

	lines []Line
	size  int
	file  *os.File
	runs  []section
}

// section is the place of a run in the file.
type section struct{ offset, length int64 }

const (
	defaultMemory = 16 << 20
	// readAhead is the bytes that are read of a run at a time. Each run takes so much memory while the runs are merged.
	readAhead = 32 << 10
)

// Add takes a line, and keeps its text. An error is that of the file.
func (t *Timeline) Add(l Line) error {
	t.lines = append(t.lines, l)
	t.size += len(l.Text)
	if t.size < cmp.Or(t.Memory, defaultMemory) {
		return nil
	}
	return t.spill()
}

// spill writes the lines in memory to the file, as a run.
func (t *Timeline) spill() error {
	if t.file == nil {
		file, err := os.CreateTemp(t.Dir, ".transitions-*")
		if err != nil {
			return fmt.Errorf("a file to sort the transitions in: %w", err)
		}
		t.file = file
		_ = os.Remove(file.Name()) // so that nothing is left behind, however the process ends; where that is not possible, Close removes it
	}
	t.sort()
	begin, err := t.file.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(t.file, 1<<20)
	var head []byte
	for i := range t.lines {
		l := &t.lines[i]
		head = binary.AppendVarint(head[:0], int64(l.At))
		head = binary.AppendVarint(head, l.Sequence)
		head = append(binary.AppendUvarint(head, uint64(len(l.Customer))), l.Customer...)
		head = binary.AppendUvarint(head, uint64(len(l.Text)))
		_, _ = out.Write(head)
		_, _ = out.Write(l.Text) // Flush returns the error
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("sort the transitions: %w", err)
	}
	end, err := t.file.Seek(0, io.SeekEnd)
	t.runs = append(t.runs, section{begin, end - begin})
	clear(t.lines)
	t.lines, t.size = t.lines[:0], 0
	return err
}

func (t *Timeline) sort() { slices.SortFunc(t.lines, func(a, b Line) int { return a.compare(&b) }) }

// Write writes the texts of all lines in order. Errors: those of the file and of w, and that of ctx.
func (t *Timeline) Write(ctx context.Context, w io.Writer) error {
	t.sort()
	var sources sources
	if len(t.lines) > 0 {
		sources = append(sources, &source{rest: t.lines})
	}
	for _, r := range t.runs {
		sources = append(sources, &source{file: bufio.NewReaderSize(io.NewSectionReader(t.file, r.offset, r.length), readAhead)})
	}
	for _, s := range sources {
		if err := s.next(); err != nil {
			return fmt.Errorf("sort the transitions: %w", err)
		}
	}
	heap.Init(&sources)
	for len(sources) > 0 && ctx.Err() == nil {
		first := sources[0]
		if _, err := w.Write(first.line.Text); err != nil {
			return err
		}
		switch err := first.next(); {
		case errors.Is(err, io.EOF):
			heap.Pop(&sources)
		case err != nil:
			return fmt.Errorf("sort the transitions: %w", err)
		default:
			heap.Fix(&sources, 0)
		}
	}
	return ctx.Err()
}

// Close removes the file.
func (t *Timeline) Close() error {
	if t.file == nil {
		return nil
	}
	_ = os.Remove(t.file.Name())
	return t.file.Close()
}

// source gives the lines of a run in order: of a file, or of memory.
type source struct {
	file *bufio.Reader
	rest []Line
	line Line // the next one
}

// next moves on to the next line. After the last one the error is io.EOF.
func (s *source) next() error {
	if s.file == nil {
		if len(s.rest) == 0 {
			return io.EOF
		}
		s.line, s.rest = s.rest[0], s.rest[1:]
		return nil
	}
	at, err := binary.ReadVarint(s.file)
	if err != nil {
		return err // io.EOF only where nothing follows
	}
	sequence, err := binary.ReadVarint(s.file)
	if err != nil {
		return err
	}
	customer, err := s.bytes(nil)
	if err != nil {
		return err
	}
	text, err := s.bytes(s.line.Text[:0])
	s.line = Line{event.Instant(at), string(customer), sequence, text}
	return err
}

// bytes reads a length and so many bytes, into memory that it may use.
func (s *source) bytes(into []byte) ([]byte, error) {
	n, err := binary.ReadUvarint(s.file)
	if err != nil {
		return nil, err
	}
	into = slices.Grow(into, int(n))[:n]
	_, err = io.ReadFull(s.file, into)
	return into, err
}

// sources is a heap: the source with the first line is on top.
type sources []*source

// Len is part of heap.Interface.
func (s sources) Len() int { return len(s) }

// Less is part of heap.Interface.
func (s sources) Less(i, j int) bool { return s[i].line.compare(&s[j].line) < 0 }

// Swap is part of heap.Interface.
func (s sources) Swap(i, j int) { s[i], s[j] = s[j], s[i] }

// Push is part of heap.Interface.
func (s *sources) Push(x any) { *s = append(*s, x.(*source)) }

// Pop is part of heap.Interface.
func (s *sources) Pop() any {
	last := (*s)[len(*s)-1]
	*s = (*s)[:len(*s)-1]
	return last
}
