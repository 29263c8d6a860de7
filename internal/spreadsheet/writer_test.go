package spreadsheet

import (
	"encoding/csv"
	"errors"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestCell(t *testing.T) {
	for text, want := range map[string]string{
		`=HYPERLINK("http://evil","x")`: `'=HYPERLINK("http://evil","x")`,
		"+1":                            "'+1",
		"+49 30 1234":                   "'+49 30 1234",
		"-2+3+cmd|' /C calc'!A0":        "'-2+3+cmd|' /C calc'!A0",
		"@SUM(A1)":                      "'@SUM(A1)",
		"\t=1":                          "'\t=1",
		"\r=1":                          "'\r=1",
		"\n=1":                          "'\n=1",
		"＝1":                            "'＝1",
		"-":                             "'-",
		"-1.":                           "'-1.",
		"--1":                           "'--1",
		"-ann":                          "'-ann",

		"":                     "",
		"-1":                   "-1",
		"-12.50":               "-12.50",
		"-1.5e-07":             "-1.5e-07",
		"12":                   "12",
		"ann@example.com":      "ann@example.com",
		"2026-03-01T12:00:00Z": "2026-03-01T12:00:00Z",
		"a=1":                  "a=1",
		"00001":                "00001",
	} {
		if got := Cell(text); got != want {
			t.Errorf("Cell(%q) = %q, want %q", text, got, want)
		}
	}
}

// TestRowsReadBack: a reader of CSV finds each cell as Cell gave it, and none begins like a formula.
func TestRowsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		row := rapid.SliceOfN(rapid.StringMatching("[-=+@\t\r\n＝'\", ;a1.]{0,6}"), 1, 5).Draw(t, "row")
		want := make([]string, len(row))
		for i, text := range row {
			want[i] = strings.ReplaceAll(Cell(text), "\r\n", "\n") // as encoding/csv reads line ends
			if strings.IndexAny(want[i], risky) == 0 && !number.MatchString(want[i]) {
				t.Fatalf("Cell(%q) = %q begins like a formula", text, want[i])
			}
		}
		if len(row) == 1 && row[0] == "" {
			return // an empty line is no row
		}
		var b strings.Builder
		w := NewWriter(&b)
		if err := errors.Join(w.Write(row), w.Flush()); err != nil {
			t.Fatal(err)
		}
		got, err := csv.NewReader(strings.NewReader(b.String())).Read()
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("read back %q, %v, want %q, from %q", got, err, want, b.String())
		}
	})
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestErrorsOfTheFile(t *testing.T) {
	w := NewWriter(broken{})
	if err := errors.Join(w.Write([]string{"a"}), w.Flush()); err == nil || !strings.Contains(err.Error(), "disk full") {
		t.Errorf("got %v, want the error of the file", err)
	}
}
