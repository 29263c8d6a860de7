package release

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/linkedin/goavro/v2"

	"tidemark/internal/avro"
	"tidemark/internal/event"
	"tidemark/internal/model"
	"tidemark/internal/replay"
	"tidemark/internal/score"
	"tidemark/internal/service"
	"tidemark/internal/shard"
	"tidemark/schemas"
)

// TestTodaysEncoding: what today's program writes is what the newest release has written, to the byte. A change of an encoding needs a new
// folder, so that the tests keep reading what the release before has written.
func TestTodaysEncoding(t *testing.T) {
	r := Newest(t)
	for name, content := range map[string][]byte{
		"redis.json": indented(t, written(t, r)), "profiles.json": indented(t, profiles(t, r)), "messages.json": indented(t, messages(t, r)),
	} {
		if *update {
			r.write(t, name, content)
			continue
		}
		if want := r.file(t, name); !bytes.Equal(content, want) {
			t.Errorf("%s of release %d: today's program writes something else; want\n%s\ngot\n%s\n"+
				"If the encoding or the scores are meant to change, the package comment says how a release gets a folder.",
				name, r.Number, firstDifference(want, content), firstDifference(content, want))
		}
	}
}

// firstDifference returns the first line of a that differs from b, with its number.
func firstDifference(a, b []byte) string {
	others := bytes.Split(b, []byte("\n"))
	for i, line := range bytes.Split(a, []byte("\n")) {
		if i >= len(others) || !bytes.Equal(line, others[i]) {
			return fmt.Sprintf("line %d: %.300s", i+1, line)
		}
	}
	return "no more lines"
}

func indented(t *testing.T, what any) []byte {
	t.Helper()
	var into bytes.Buffer
	to := json.NewEncoder(&into)
	to.SetEscapeHTML(false)
	to.SetIndent("", " ")
	if err := to.Encode(what); err != nil {
		t.Fatal(err)
	}
	return into.Bytes()
}

// source returns the model of a release: that of its redis.json, or the default model if the file is not written yet.
func (r Release) source(t *testing.T) []byte {
	t.Helper()
	if source := r.Keys(t)["tm:model"].Hash["source"]; source != "" {
		return []byte(source)
	}
	return model.Default()
}

func (r Release) engine(t *testing.T) *score.Engine {
	t.Helper()
	engine, err := service.NewEngine(r.source(t), "UTC", nil)
	if err != nil {
		t.Fatalf("the model of release %d: %v", r.Number, err)
	}
	return engine
}

// profiles returns the profiles at the cut and at the end, as today's program encodes them.
func profiles(t *testing.T, r Release) []Profile {
	t.Helper()
	engine := r.engine(t)
	trial, err := service.NewEngine(append([]byte("# another\n"), strings.Replace(string(r.source(t)), "general: 30", "general: 5", 1)...), "UTC", engine)
	if err != nil {
		t.Fatal(err)
	}
	trial = trial.Effective(Cut)
	events, before := r.Events(t)
	var all []Profile
	add := func(when string, p score.Profile) {
		all = append(all, Profile{p.Customer, when, Bytes(p.Append(nil)), holds(p)})
	}
	for _, life := range event.Lives(events[:before]) {
		p := engine.New(life[0].Common().Customer)
		for _, x := range life {
			p, _, _ = engine.Apply(p, x)
		}
		if p.Unknown() { // erased: a tombstone stands for the profile
			continue
		}
		p.Outcomes = nil // the census has them
		p = engine.Schedule(p)
		add("cut", p)
		if p.Episode.ID != "" {
			p.Muted = true
			add("cut, its episode muted", p)
		}
		next, _ := trial.Review(p, max(p.AsOf, Cut))
		add("cut, another model since", trial.Schedule(next))
	}
	for _, c := range replay.Run(engine, events, AsOf).Customers {
		add("end", c.Profile)
	}
	joined := replay.Run(engine, slices.Concat(events, words()), AsOf)
	for _, c := range joined.Everybody() {
		if p := &c.Profile; p.Away() || len(p.Origins()) > 0 {
			add("end, merged", c.Profile)
		}
	}
	return all
}

// words are words on who is who: one customer of the log is merged into another, and a third into nobody any more.
func words() (all []event.Event) {
	for n, w := range [][2]string{{"eve", "bob"}, {"ida", "ann"}, {"bob", "ann"}, {"ida", "ida"}} {
		head := event.Head{ID: fmt.Sprint("word ", n), Customer: w[0], OccurredAt: AsOf - 1000 + event.Instant(n)}
		head.RecordedAt = head.OccurredAt
		all = append(all, &event.Interaction{Head: head, Kind: event.MergedInto, OtherCustomer: w[1]})
	}
	return all
}

// links are the messages that linked ids send, by kind.
var links = map[string]*event.Link{
	"part": {Head: event.Head{ID: "e-1", Customer: "cat", OccurredAt: Cut}, Part: &event.LinkPart{
		Sender: "bob", Origin: "ann", WordAt: Cut - 1000, WordID: "w-1", First: true, Path: []string{"ann", "bob"},
		Marks: map[string]int64{string(event.Purchases) + "/3": 7, string(event.Links) + "/3": 2}, Content: []byte{4, 1, 2, 3},
	}},
	"withdrawn": {Head: event.Head{ID: "e-2", Customer: "cat", OccurredAt: Cut}, Part: &event.LinkPart{
		Sender: "bob", Origin: "ann", WordAt: Cut - 1000, WordID: "w-1",
	}},
	"erasure": {Head: event.Head{ID: "e-3", Customer: "cat", OccurredAt: Cut}, Erasure: &event.LinkErasure{From: "bob", At: Cut, Linked: true, Since: Cut - 1000}},
}

// messages returns one message of every kind: events, transitions, a public score, an erasure, and what linked ids send.
func messages(t *testing.T, r Release) []Message {
	t.Helper()
	codec := newCodec(t)
	engine := r.engine(t)
	events, _ := r.Events(t)
	kinds := map[string]Message{}
	add := func(kind string, o shard.Output) {
		if _, ok := kinds[o.Topic+kind]; !ok {
			kinds[o.Topic+kind] = Message{o.Topic, string(o.Key), Bytes(o.Value), says(t, o.Value)}
		}
	}
	for _, x := range events {
		add(kindOf(x), codec.EncodeEvent(x))
	}
	result := replay.Run(engine, events, AsOf)
	for _, x := range result.Transitions() {
		o, err := codec.Encode(x)
		if err != nil {
			t.Fatal(err)
		}
		kind := fmt.Sprintf("%T %s", x, x.Common().Cause)
		if a, ok := x.(*score.ChurnAlert); ok {
			kind += " " + a.State.String()
		}
		add(kind, o)
	}
	public := engine.Score(result.Customers[0].Profile, AsOf)
	o, err := codec.EncodeScore(&public)
	if err != nil {
		t.Fatal(err)
	}
	add("", o)
	if o, err = codec.EncodeErasure(public.Customer, AsOf); err != nil {
		t.Fatal(err)
	}
	add("", o)
	for kind, l := range links {
		if o, err = codec.EncodeLink(l); err != nil {
			t.Fatal(err)
		}
		add(kind, o)
	}
	var all []Message
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		all = append(all, kinds[kind])
	}
	return all
}

func kindOf(x event.Event) string {
	switch x := x.(type) {
	case *event.Purchase:
		return x.Kind.String()
	case *event.Interaction:
		return x.Kind.String()
	case *event.Feedback:
		return x.Kind.String()
	case *event.Link: // no event of the log
	}
	return ""
}

func newCodec(t *testing.T) *avro.Codec {
	t.Helper()
	codec, err := avro.New(avro.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return codec
}

// says returns a message in Avro's JSON, as any reader with the schema of the message's id sees it. The message begins with a zero and
// the id in four bytes.
func says(t *testing.T, message []byte) json.RawMessage {
	t.Helper()
	id := uint32(message[1])<<24 | uint32(message[2])<<16 | uint32(message[3])<<8 | uint32(message[4])
	for _, s := range schemas.Versions() {
		if s.ID != id {
			continue
		}
		codec, err := goavro.NewCodec(s.Text)
		if err != nil {
			t.Fatal(err)
		}
		native, rest, err := codec.NativeFromBinary(message[5:])
		if err != nil || len(rest) > 0 {
			t.Fatalf("a message of %s: %v, %d bytes left", s.Topic, err, len(rest))
		}
		text, err := codec.TextualFromNative(nil, native)
		if err != nil {
			t.Fatal(err)
		}
		return sorted(t, text)
	}
	t.Fatalf("no schema has the id %#x: nobody can read its messages any more", id)
	return nil
}

// sorted returns JSON with the fields of objects in alphabetical order and without spaces.
func sorted(t *testing.T, text []byte) json.RawMessage {
	t.Helper()
	from := json.NewDecoder(bytes.NewReader(text))
	from.UseNumber()
	var tree any
	if err := from.Decode(&tree); err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(tree)
	if err != nil {
		t.Fatal(err)
	}
	return again
}
