package main

import "tidemark/internal/score"

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
