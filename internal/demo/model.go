package demo

import (
	_ "embed"
	"strings"

	"tidemark/internal/model"
)

//go:embed reactions.yaml
var reactions string

// feedbackAction is the answer to an alert of kind FEEDBACK. Its line belongs among the alerts of a model file.
const feedbackAction = "  FEEDBACK: {code: CALL_BACK, text: \"Call back and make it good\", owner: SERVICE, due_hours: 24, cost: 5}\n"

// modelFile is the model that comes with Tidemark, with all reactions on: the demo shows what there is.
func modelFile() []byte {
	head, rest, _ := strings.Cut(string(model.Default()), "\nalerts:\n")
	file := head + "\nalerts:\n" + feedbackAction + rest + "\n" + reactions
	return []byte(strings.Replace(file, "version: ", "version: demo-", 1))
}
