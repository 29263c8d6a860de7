package schemas_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"tidemark/internal/event"
	"tidemark/schemas"
)

func TestEachSchemaIsARecordOfOurNamespace(t *testing.T) {
	ids := map[uint32]string{}
	for _, s := range schemas.Versions() {
		var got struct{ Type, Name, Namespace, Doc string }
		if err := json.Unmarshal([]byte(s.Text), &got); err != nil {
			t.Fatalf("%s: %v", s.Topic, err)
		}
		if got.Type != "record" || got.Name != s.Record || got.Namespace != "tidemark.v1" || got.Doc == "" {
			t.Errorf("%s: got %+v, want a documented record tidemark.v1.%s", s.Topic, got, s.Record)
		}
		if other, taken := ids[s.ID]; taken || s.ID>>31 != 0 || s.ID == 0 {
			t.Errorf("%s: id %#x is taken by %q or no positive int32", s.Topic, s.ID, other)
		}
		ids[s.ID] = s.Topic
	}
	files, err := fs.Glob(schemas.Files, "*.avsc")
	if err != nil || len(files) != len(ids) {
		t.Errorf("%d schema files (%v), want one for each of the %d schemas", len(files), err, len(ids))
	}
}

// TestTheFixedIDsNeverChange holds each fixed id to its topic and to what its schema said when the id was given. Messages under
// an id are kept for years, and who has no registry reads them by the text that came with the id. Binary Avro names no fields:
// a reader with another text takes the bytes of one field for those of the next, mostly without an error.
func TestTheFixedIDsNeverChange(t *testing.T) {
	type fixed struct{ topic, digest string }
	want := map[uint32]fixed{
		0x544d0101: {"customer.purchases.v1", "b87fc6d1e899d8bc46feeb3362e9a964"},
		0x544d0102: {"customer.purchases.v1", "27af5914356cfcd9b14b29b34ea40f70"},
		0x544d0201: {"customer.interactions.v1", "f89eaeda98db4328257d3339d206ceee"},
		0x544d0301: {"customer.feedback.v1", "f837bc4b0b015fc94fd4c1fb75188144"},
		0x544d0401: {"customer.tier-changes.v1", "a8fb3d0234bd7e456754ddaca78d9a42"},
		0x544d0402: {"customer.tier-changes.v1", "67e66565f810db8ea8d0e61096dd27b9"},
		0x544d0403: {"customer.tier-changes.v1", "e543bb11d542b673fe0c13ffc60ad76c"},
		0x544d0501: {"customer.churn-alerts.v1", "16cf3ee2020c1ac4c4a25591473864de"},
		0x544d0502: {"customer.churn-alerts.v1", "297d4171b6fb60b259e570b6bb5ae2cb"},
		0x544d0503: {"customer.churn-alerts.v1", "f386f7f84f21458820500e5eb78bcf89"},
		0x544d0601: {"customer.win-backs.v1", "c0274738a85930347fbb662db535e683"},
		0x544d0602: {"customer.win-backs.v1", "ed4bcdf3b7bfe0cb093888b565aada68"},
		0x544d0701: {"customer.scores.v1", "c1c12e228fc32e498965739553a49fa4"},
		0x544d0702: {"customer.scores.v1", "41ec278421c9d7136b1d540b09e4b60e"},
		0x544d0703: {"customer.scores.v1", "027837dc00784583e5d0d10cbe4da031"},
		0x544d0704: {"customer.scores.v1", "5627908620009522d99e8912980d52a8"},
		0x544d0801: {"customer.erasures.v1", "4da68af1691ee965bfa3ee7ec4ff2f1a"},
		0x544d0901: {"customer.links.v1", "84cc3fd4fbec48b6f178dfcd159cac8f"},
		0x544d0902: {"customer.links.v1", "12d6f12e6d85a51971a8ccc4bad6dfa0"},
		0x544d0a01: {"customer.tier-notices.v1", "439df091b742e2f7de4a2c8fb43da5cc"},
		0x544d0b01: {"customer.segment-changes.v1", "73fc04a9a38e9a3ee7ba532e9e3f0bfe"},
	}
	for _, s := range schemas.Versions() {
		switch got := (fixed{s.Topic, digest(t, s.Text)}); {
		case want[s.ID].topic != s.Topic:
			t.Errorf("%s has id %#x, which is that of %q here; a new version is added with its digest, %s", s.Topic, s.ID, want[s.ID].topic, got.digest)
		case want[s.ID] != got:
			t.Errorf("the schema of %s has changed under its id %#x: digest %s, want %s. Messages under that id would be misread. "+
				"Keep the old text as %s-%d.avsc, so that they can still be decoded. Add a row with the next version to the "+
				"table in schemas.go, and its id and digest to this one", s.Topic, s.ID, got.digest, want[s.ID].digest, s.Topic, s.ID&0xff)
		}
		delete(want, s.ID)
	}
	for id, gone := range want {
		t.Errorf("there is no schema with the id %#x of %s: its messages can no longer be decoded", id, gone.topic)
	}
}

// digest names what a schema says to a reader, however it is laid out: all but its docs, which may be mended.
func digest(t *testing.T, text string) string {
	t.Helper()
	var root any
	if err := json.Unmarshal([]byte(text), &root); err != nil {
		t.Fatal(err)
	}
	walk(root, func(node map[string]any) { delete(node, "doc") })
	sum := sha256.Sum256([]byte(marshal(t, root)))
	return hex.EncodeToString(sum[:16])
}

// TestConventions holds every field at every depth to the house rules of the wire.
func TestConventions(t *testing.T) {
	snake := regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)
	for _, s := range schemas.Versions() {
		var root any
		if err := json.Unmarshal([]byte(s.Text), &root); err != nil {
			t.Fatalf("%s: %v", s.Topic, err)
		}
		walk(root, func(node map[string]any) {
			if symbols, ok := node["symbols"].([]any); ok && (symbols[0] != "UNKNOWN" || node["default"] != "UNKNOWN") {
				t.Errorf("%s: enum %v begins with %v and defaults to %v, want UNKNOWN for both", s.Topic, node["name"], symbols[0], node["default"])
			}
			fields, _ := node["fields"].([]any)
			for _, each := range fields {
				f := each.(map[string]any)
				name := f["name"].(string)
				if !snake.MatchString(name) {
					t.Errorf("%s: field %q is not snake_case", s.Topic, name)
				}
				if doc, _ := f["doc"].(string); doc == "" {
					t.Errorf("%s: field %q has no doc", s.Topic, name)
				}
				union, optional := f["type"].([]any)
				fallback, defaulted := f["default"]
				if optional && (union[0] != "null" || !defaulted || fallback != nil) {
					t.Errorf("%s: optional field %q is %v with default %v, want null first and by default", s.Topic, name, union[0], fallback)
				}
				if strings.HasSuffix(name, "_at") && !strings.Contains(marshal(t, f["type"]), "timestamp-millis") {
					t.Errorf("%s: time %q is %s, want timestamp-millis", s.Topic, name, marshal(t, f["type"]))
				}
				if strings.HasSuffix(name, "_minor") && !strings.Contains(marshal(t, f["type"]), `"long"`) {
					t.Errorf("%s: money %q is %s, want long", s.Topic, name, marshal(t, f["type"]))
				}
			}
		})
	}
}

func TestAsyncAPINamesEveryTopicAndSchema(t *testing.T) {
	text, err := fs.ReadFile(schemas.Files, "asyncapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := yaml.Unmarshal(text, &doc); err != nil {
		t.Fatalf("asyncapi.yaml: %v", err)
	}
	if got := doc["asyncapi"]; got != "3.0.0" {
		t.Errorf("asyncapi is %v, want 3.0.0", got)
	}

	want := []string{schemas.DeadLetters}
	for _, s := range schemas.All() {
		want = append(want, s.Topic)
	}
	var got []string
	for key, each := range doc["channels"].(map[string]any) {
		channel := each.(map[string]any)
		address := channel["address"].(string)
		got = append(got, address)
		if topic := dig(channel, "bindings", "kafka", "topic"); topic != address {
			t.Errorf("channel %s: binding names topic %v, address is %s", key, topic, address)
		}
		if version := dig(channel, "bindings", "kafka", "bindingVersion"); version != "0.5.0" {
			t.Errorf("channel %s: Kafka binding %v, want 0.5.0", key, version)
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("channels %v, want the topics %v", got, want)
	}

	for _, s := range schemas.All() {
		payload := dig(doc, "components", "messages", s.Record, "payload", "schema", "$ref")
		if payload != "./"+s.Topic+".avsc" {
			t.Errorf("message %s refers to %v, want ./%s.avsc", s.Record, payload, s.Topic)
		}
		found := false
		for _, each := range doc["channels"].(map[string]any) {
			if dig(each, "address") == s.Topic {
				found = dig(each, "messages", s.Record, "$ref") == "#/components/messages/"+s.Record
			}
		}
		if !found {
			t.Errorf("the channel of %s does not carry the message %s", s.Topic, s.Record)
		}
	}

	walk(doc, func(node map[string]any) {
		ref, _ := node["$ref"].(string)
		if path, local := strings.CutPrefix(ref, "#/"); local && dig(doc, strings.Split(path, "/")...) == nil {
			t.Errorf("$ref %q leads nowhere", ref)
		}
		if file, outside := strings.CutPrefix(ref, "./"); outside {
			if _, err := fs.Stat(schemas.Files, file); err != nil {
				t.Errorf("$ref %q: %v", ref, err)
			}
		}
	})
}

func TestAsyncAPINamesEveryReason(t *testing.T) {
	text, err := fs.ReadFile(schemas.Files, "asyncapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var doc any
	if err := yaml.Unmarshal(text, &doc); err != nil {
		t.Fatalf("asyncapi.yaml: %v", err)
	}
	codes, _ := dig(doc, "components", "schemas", "DeadLetterHeaders", "properties", "tidemark.error.code", "enum").([]any)
	for _, reason := range []event.Reason{
		event.TooLarge, event.Empty, event.BadFraming, event.UnknownSchema, event.Malformed, event.TrailingBytes, event.BadField,
		event.BadID, event.BadKey, event.UnknownCurrency, event.FromTheFuture, event.TooOld, event.TooLate, event.Crash,
	} {
		if !slices.Contains(codes, any(string(reason))) {
			t.Errorf("dead letter codes %v lack %s", codes, reason)
		}
	}
}

// walk visits every object below a value.
func walk(value any, visit func(map[string]any)) {
	switch value := value.(type) {
	case map[string]any:
		visit(value)
		for _, each := range value {
			walk(each, visit)
		}
	case []any:
		for _, each := range value {
			walk(each, visit)
		}
	}
}

// dig follows keys down; nil where they lead nowhere.
func dig(value any, keys ...string) any {
	for _, key := range keys {
		object, ok := value.(map[string]any)
		if !ok {
			return nil
		}
		value = object[key]
	}
	return value
}

func marshal(t *testing.T, value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
