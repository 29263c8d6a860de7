package model_test

import (
	"testing"

	"tidemark/internal/model"
	"tidemark/internal/model/modeltest"
	"tidemark/internal/score"
)

// What a file may switch on is off in a file without the lines.
func TestWhatIsToldOfATierIsSwitchedOnByLines(t *testing.T) {
	for _, row := range []struct {
		line string
		of   func(score.Model) bool
	}{
		{"explain_since_taken", func(m score.Model) bool { return m.SinceTaken }},
		{"contact_by_consent", func(m score.Model) bool { return m.ByConsent }},
		{"detail_what_if", func(m score.Model) bool { return m.WhatIf }},
	} {
		for text, want := range map[string]bool{"": false, row.line + ": false": false, row.line + ": true": true} {
			m, err := model.Parse([]byte(string(modeltest.Quiet()) + "\n" + text + "\n"))
			if err != nil || row.of(m) != want {
				t.Errorf("%q: %v, %v; want %v", text, row.of(m), err, want)
			}
		}
	}
}
