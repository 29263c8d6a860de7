// Package schemas holds what goes over the wire: one Avro schema per topic, and asyncapi.yaml, which describes the topics.
package schemas

import (
	"embed"
	"fmt"
	"slices"

	"tidemark/internal/event"
)

// Files holds the schemas as <topic>.avsc, and asyncapi.yaml.
//
//go:embed *.avsc asyncapi.yaml
var Files embed.FS

// The topics. The domain names the inputs, since their order is part of the order of events; this package names the outputs.
// No other Go file spells a topic.
const (
	Purchases    = string(event.Purchases)
	Interactions = string(event.Interactions)
	Feedbacks    = string(event.Feedbacks)

	TierChanges = "customer.tier-changes.v1"
	ChurnAlerts = "customer.churn-alerts.v1"
	WinBacks    = "customer.win-backs.v1"
	// Scores is compacted, and optional.
	Scores = "customer.scores.v1"
	// DeadLetters carries no schema: the original bytes, and headers that say what was wrong with them.
	DeadLetters = "customer.dead-letters.v1"
)

// Schema is the schema of one topic's values.
type Schema struct {
	Topic string
	// Record is the name of the record, without its namespace.
	Record string
	// ID frames messages where no registry gives one.
	ID uint32
	// Text is the schema itself.
	Text string
}

// Subject is the name under which a schema registry keeps the versions of s.
func (s Schema) Subject() string { return s.Topic + "-value" }

// Fixed ids spell TM, the number of the topic and the version of its schema: 0x54 0x4D topic version. Registries count
// from 1, so they do not meet.
const fixed = 'T'<<24 | 'M'<<16

// versions are the schemas, inputs first, the versions of a topic in order. A schema never changes under its id. To change one,
// copy <topic>.avsc to <topic>-<old version>.avsc, edit <topic>.avsc, and add a row with the next version below the topic's last.
var versions = [...]Schema{
	{Topic: Purchases, Record: "Purchase", ID: fixed | 1<<8 | 1},
	{Topic: Interactions, Record: "Interaction", ID: fixed | 2<<8 | 1},
	{Topic: Feedbacks, Record: "Feedback", ID: fixed | 3<<8 | 1},
	{Topic: TierChanges, Record: "TierChanged", ID: fixed | 4<<8 | 1},
	{Topic: ChurnAlerts, Record: "ChurnAlert", ID: fixed | 5<<8 | 1},
	{Topic: WinBacks, Record: "WonBack", ID: fixed | 6<<8 | 1},
	{Topic: Scores, Record: "ScoreUpdated", ID: fixed | 7<<8 | 1},
}

// All returns the current schema of each topic, inputs first: what is written.
func All() []Schema {
	var current []Schema
	for i, s := range Versions() {
		if !superseded(i) {
			current = append(current, s)
		}
	}
	return current
}

// Versions returns all schemas that messages may have been written by, the versions of a topic in order.
func Versions() []Schema {
	list := make([]Schema, len(versions))
	for i, s := range versions {
		file := s.Topic + ".avsc"
		if superseded(i) {
			file = fmt.Sprintf("%s-%d.avsc", s.Topic, s.ID&0xff)
		}
		text, err := Files.ReadFile(file)
		if err != nil {
			panic(fmt.Sprintf("schemas: %v", err)) // embedded: a bug of ours
		}
		s.Text = string(text)
		list[i] = s
	}
	return list
}

// superseded reports whether a later version follows that of a row.
func superseded(row int) bool {
	return slices.ContainsFunc(versions[row+1:], func(later Schema) bool { return later.Topic == versions[row].Topic })
}
