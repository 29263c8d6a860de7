// Package schemas holds the names of the topics, an Avro schema for each, and asyncapi.yaml, which describes the topics.
package schemas

import (
	"embed"
	"fmt"
	"slices"

	"tidemark/internal/event"
)

// Files holds the current schemas as <topic>.avsc, older versions as <topic>-<version>.avsc, and asyncapi.yaml.
//
//go:embed *.avsc asyncapi.yaml
var Files embed.FS

// The topics. Package event spells the inputs and the links, because the order of their names is part of the order of events. This package
// spells the outputs. No other Go file spells a topic.
const (
	Purchases    = string(event.Purchases)
	Interactions = string(event.Interactions)
	Feedbacks    = string(event.Feedbacks)

	TierChanges = "customer.tier-changes.v1"
	ChurnAlerts = "customer.churn-alerts.v1"
	WinBacks    = "customer.win-backs.v1"
	TierNotices = "customer.tier-notices.v1"
	// SegmentChanges tells who enters and leaves the segments of the model file.
	SegmentChanges = "customer.segment-changes.v1"
	// Erasures tells subscribers whom to erase.
	Erasures = "customer.erasures.v1"
	// Links is internal: Tidemark writes it, and Tidemark reads it.
	Links = string(event.Links)
	// Scores is compacted. It is optional.
	Scores = "customer.scores.v1"
	// DeadLetters has no schema. A dead letter is the original bytes of a bad message, with headers that name its fault.
	DeadLetters = "customer.dead-letters.v1"
)

// Schema is one version of the schema of a topic's values.
type Schema struct {
	Topic string
	// Record is the name of the record, without the namespace.
	Record string
	// ID is the fixed id. Messages carry it if no registry gives another.
	ID uint32
	// Text is the schema, in JSON.
	Text string
}

// Subject is the name of the versions of s in a schema registry.
func (s Schema) Subject() string { return s.Topic + "-value" }

// fixed begins every fixed id. An id has four bytes: T, M, the number of the topic, the version of its schema. Registries count
// from 1, so their ids are far smaller.
const fixed = 'T'<<24 | 'M'<<16

// versions are the schemas: inputs, outputs, then the internal topic, and the versions of a topic in order. A schema never changes under its id: binary Avro
// names no fields, so a reader with another text would take the bytes of one field for another. To change a schema:
//   - copy <topic>.avsc to <topic>-<version>.avsc, with the version that it has had until now
//   - edit <topic>.avsc
//   - add a row with the next version, after the last row of the topic
var versions = [...]Schema{
	{Topic: Purchases, Record: "Purchase", ID: fixed | 1<<8 | 1},
	{Topic: Purchases, Record: "Purchase", ID: fixed | 1<<8 | 2},
	{Topic: Interactions, Record: "Interaction", ID: fixed | 2<<8 | 1},
	{Topic: Feedbacks, Record: "Feedback", ID: fixed | 3<<8 | 1},
	{Topic: TierChanges, Record: "TierChanged", ID: fixed | 4<<8 | 1},
	{Topic: TierChanges, Record: "TierChanged", ID: fixed | 4<<8 | 2}, // keep_by.any_order, keep_by.least_minor, causes ERASED and MERGED
	{Topic: TierChanges, Record: "TierChanged", ID: fixed | 4<<8 | 3}, // playbook.resources, .marketing, .service, notice_id, since_taken, order_channels
	{Topic: ChurnAlerts, Record: "ChurnAlert", ID: fixed | 5<<8 | 1},
	{Topic: ChurnAlerts, Record: "ChurnAlert", ID: fixed | 5<<8 | 2}, // action.due_hours, UPDATED, causes ERASED and MERGED, reasons too and FALSE_ALARM
	{Topic: ChurnAlerts, Record: "ChurnAlert", ID: fixed | 5<<8 | 3}, // kinds FEEDBACK and VALUE_DROP, reasons TIER_CHANGE, CONTENT and EXPIRED; reasons, measured
	{Topic: WinBacks, Record: "WonBack", ID: fixed | 6<<8 | 1},
	{Topic: WinBacks, Record: "WonBack", ID: fixed | 6<<8 | 2}, // cause MERGED
	{Topic: Scores, Record: "ScoreUpdated", ID: fixed | 7<<8 | 1},
	{Topic: Scores, Record: "ScoreUpdated", ID: fixed | 7<<8 | 2}, // causes ERASED and MERGED
	{Topic: Scores, Record: "ScoreUpdated", ID: fixed | 7<<8 | 3}, // clv_learnt_minor, clv_learnt_model
	{Topic: Scores, Record: "ScoreUpdated", ID: fixed | 7<<8 | 4}, // numbers, words
	{Topic: Erasures, Record: "Erasure", ID: fixed | 8<<8 | 1},
	{Topic: Links, Record: "Link", ID: fixed | 9<<8 | 1},
	{Topic: Links, Record: "Link", ID: fixed | 9<<8 | 2}, // referral
	{Topic: TierNotices, Record: "TierWillChange", ID: fixed | 10<<8 | 1},
	{Topic: SegmentChanges, Record: "SegmentChanged", ID: fixed | 11<<8 | 1},
}

// All returns the current schema of each topic in the order of the fixed ids, inputs first. Messages are written by these.
func All() []Schema {
	var current []Schema
	for i, s := range Versions() {
		if !superseded(i) {
			current = append(current, s)
		}
	}
	return current
}

// Versions returns the schemas of all messages that were ever written, inputs first, the versions of a topic in order.
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

// superseded reports whether a later row has the same topic.
func superseded(row int) bool {
	return slices.ContainsFunc(versions[row+1:], func(later Schema) bool { return later.Topic == versions[row].Topic })
}
