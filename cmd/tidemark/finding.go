package main

import (
	"fmt"
	"io"
)

// finding is one thing that was looked at, and how to mend it where it is not OK.
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
	fmt.Fprintf(w, "%s  %-28s %s\n", mark, f.Name, f.Detail)
	if f.Remedy != "" && (!f.OK || f.Detail != "") {
		fmt.Fprintf(w, "      %-28s -> %s\n", "", f.Remedy)
	}
	return f.OK
}
