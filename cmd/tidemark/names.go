package main

import (
	"fmt"
	"slices"
	"strings"
)

// someOf lists entries of several words, at most so many, and says as a last entry how many more there are. firstOf lists bare names.
func someOf(names []string, most int, between string) string {
	if more := len(names) - most; more > 0 {
		names = append(slices.Clone(names[:most]), fmt.Sprintf("and %d more", more))
	}
	return strings.Join(names, between)
}
