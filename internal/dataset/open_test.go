package dataset

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

const cdnowLines = "00001 19970101 1 11.77\n00002 19970112 1 12.00\n"

func compressed(t *testing.T, s string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := io.WriteString(w, s); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func write(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestReadPlainGzipAndStandardInput(t *testing.T) {
	plain, packed := write(t, "log.txt", []byte(cdnowLines)), write(t, "log.txt.gz", compressed(t, cdnowLines))
	want, err := Read(CDNOW, []string{plain}, nil)
	if err != nil || len(want.Events) != 2 {
		t.Fatalf("plain: %d events, %v, want 2", len(want.Events), err)
	}
	stdin := os.Stdin
	defer func() { os.Stdin = stdin }()
	for _, row := range []struct{ file, stdin string }{{packed, plain}, {"-", plain}, {"-", packed}} {
		if os.Stdin, err = os.Open(row.stdin); err != nil {
			t.Fatal(err)
		}
		got, err := Read(CDNOW, []string{row.file}, nil)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s with %s as standard input: %+v, %v, want %+v", row.file, row.stdin, got, err, want)
		}
		if err := os.Stdin.Close(); err != nil {
			t.Errorf("standard input was closed: %v", err)
		}
	}
}

func TestReadTellsProgress(t *testing.T) {
	a, b := write(t, "a", []byte(cdnowLines)), write(t, "b.gz", compressed(t, strings.Repeat(cdnowLines, 10_000)))
	info, err := os.Stat(b)
	if err != nil {
		t.Fatal(err)
	}
	want := int64(len(cdnowLines)) + info.Size()
	var last int64
	_, err = Read(CDNOW, []string{a, b}, func(read, total int64) {
		if total != want || read < last {
			t.Errorf("told %d of %d after %d, want growing numbers of %d", read, total, last, want)
		}
		last = read
	})
	if err != nil || last != want {
		t.Errorf("told %d bytes at last, %v, want all %d on disk", last, err, want)
	}
	if _, err := Read(CDNOW, []string{a, "/dev/null"}, func(_, total int64) {
		if total != 0 {
			t.Errorf("told a total of %d, want 0: one of the files has no length", total)
		}
	}); err != nil {
		t.Error(err)
	}
}

func TestOpenErrors(t *testing.T) {
	if _, err := open(filepath.Join(t.TempDir(), "gone"), nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want that it does not exist", err)
	}
	if _, err := open(write(t, "broken.gz", []byte("\x1f\x8bnot gzip at all")), nil); err == nil || !strings.Contains(err.Error(), "broken.gz") {
		t.Errorf("got %v, want an error that names the file", err)
	}
	whole := compressed(t, strings.Repeat(cdnowLines, 1000))
	if _, err := Read(CDNOW, []string{write(t, "cut.gz", whole[:len(whole)-9])}, nil); !errors.Is(err, io.ErrUnexpectedEOF) || !strings.Contains(err.Error(), "cut.gz") {
		t.Errorf("a file cut short: got %v, want unexpected EOF, and its name", err)
	}
	if _, err := Read(CDNOW, []string{t.TempDir()}, nil); err == nil {
		t.Error("a folder: got no error")
	}
	if _, err := Read(CDNOW, nil, nil); err == nil {
		t.Error("no files: got no error")
	}
}
