package main

import (
	"fmt"
	"io"
	"strings"
)

// finding is the result of one check, and the remedy if the result is not OK.
type finding struct {
	Name           string
	OK             bool
	Detail, Remedy string
}

// print writes f and returns whether it is OK.
func (f finding) print(w io.Writer) bool {
	mark := "ok  "
	if !f.OK {
		mark = "FAIL"
	}
	fmt.Fprintln(w, strings.TrimRight(fmt.Sprintf("%s  %-28s %s", mark, f.Name, f.Detail), " "))
	if f.Remedy != "" {
		fmt.Fprintf(w, "      %-28s -> %s\n", "", f.Remedy)
	}
	return f.OK
}
