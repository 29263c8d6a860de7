//go:build !service

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCrossSection(t *testing.T) {
	var b strings.Builder
	b.WriteString("left,complaints,colour\n")
	for i := range 200 {
		left := [...]string{"0", "1"}[i%2]
		b.WriteString(left + "," + [...]string{"0", "3", "1", "2"}[i%4] + "," + [...]string{"red", "blue", "green"}[i%3] + "\n")
	}
	file := filepath.Join(t.TempDir(), "customers.csv")
	if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	got := tidemark(t, "crosssection", file, "--outcome", "left", "--add", "looks=colour", "--add", "feedback=complaints")
	got.says(t, 0, "200 customers, of whom it happened to 100", "looks", "+ feedback  1.0000")
	tidemark(t, "crosssection", file, "--outcome", "left", "--add", "feedback=complaints", "--json").says(t, 0, `"set": "feedback"`, `"happened": 100`)
	for _, row := range []struct {
		code int
		args []string
		want string
	}{
		{1, []string{"--outcome", "gone", "--add", "looks=colour"}, `no column "gone"; there are left, complaints, colour`},
		{2, []string{"--outcome", "left", "--add", "colour"}, "want NAME=COLUMN,COLUMN"},
		{2, []string{"--outcome", "left"}, "--add"},
	} {
		tidemark(t, append([]string{"crosssection", file}, row.args...)...).says(t, row.code, row.want)
	}
}
