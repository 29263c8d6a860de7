// Package modeltest holds a model for tests.
package modeltest

import (
	"strings"

	"tidemark/internal/model"
)

// switches are the keys of the model file that switch on what a model may leave out.
var switches = map[string]bool{
	"reactions": true, "FEEDBACK": true, "VALUE_DROP": true,
	"resources": true, "marketing": true, "service": true, "LOW_RETAINABLE": true, "LOW_VALUE": true,
	"explain_since_taken": true, "contact_by_consent": true, "detail_what_if": true, "referrals": true,
}

// Quiet returns the model that comes with Tidemark without any of its switches: there are tier changes, churn alerts and win-backs only. It is
// for the tests of other ideas, which need not change when the default model tells more, and for those that add a switch to it.
func Quiet() []byte {
	var kept strings.Builder
	within := -1 // the indentation of the key whose lines are left out
	for line := range strings.Lines(string(model.Default())) {
		text := strings.TrimLeft(line, " ")
		indent := len(line) - len(text)
		if within >= 0 && indent > within {
			continue
		}
		within = -1
		if key, _, ok := strings.Cut(text, ":"); ok && switches[key] {
			within = indent
			continue
		}
		kept.WriteString(line)
	}
	return []byte(kept.String())
}
