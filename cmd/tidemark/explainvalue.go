package main

import (
	"fmt"
	"io"

	"tidemark/internal/score"
)

// printValueParts prints the parts of the learnt value, in minor units.
func printValueParts(w io.Writer, parts []score.ValuePart) {
	if len(parts) == 0 {
		return
	}
	fmt.Fprintln(w, "\nclv_learnt is the sum of, in minor units\t")
	for _, p := range parts {
		fmt.Fprintf(w, "  %s\t%+d\t\n", p.Name, p.Minor)
	}
}

// addValueParts adds the parts of the learnt value to the members of a JSON object.
func addValueParts(all map[string]any, parts []score.ValuePart) {
	if len(parts) == 0 {
		return
	}
	minor := map[string]int64{}
	for _, p := range parts {
		minor[p.Name] = p.Minor
	}
	all["clv_learnt_minor"] = minor
}
