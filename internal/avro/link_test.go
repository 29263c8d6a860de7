package avro

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/linkedin/goavro/v2"
	"pgregory.net/rapid"

	"tidemark/internal/event"
	"tidemark/internal/shard"
	"tidemark/internal/stream"
	"tidemark/schemas"
)

func sampleLink() *event.Link {
	return &event.Link{
		Head: event.Head{ID: "e-1", Customer: "cat", OccurredAt: noon, RecordedAt: recorded},
		Part: &event.LinkPart{
			Sender: "bob", Origin: "ann", WordAt: noon - 5, WordID: "w-1", First: true, Path: []string{"ann", "bob"},
			Marks:   map[string]int64{"customer.purchases.v1/3": 7, "customer.feedback.v1/3": 0},
			Content: []byte("the history of ann"),
		},
	}
}

func sampleLinkErasure() *event.Link {
	return &event.Link{
		Head:    event.Head{ID: "e-2", Customer: "cat", OccurredAt: noon, RecordedAt: recorded},
		Erasure: &event.LinkErasure{From: "bob", At: noon - 1, Linked: true, Since: noon - 9},
	}
}

func sampleReferral() *event.Link {
	return &event.Link{
		Head:     event.Head{ID: "e-3", Customer: "cat", OccurredAt: noon, RecordedAt: recorded},
		Referral: &event.LinkReferral{Buyer: "dan"},
	}
}

func encodeLink(t interface {
	Helper()
	Fatalf(format string, args ...any)
}, l *event.Link,
) shard.Output {
	t.Helper()
	c, err := New(Options{})
	if err != nil {
		t.Fatalf("new codec: %v", err)
	}
	out, err := c.EncodeLink(l)
	if err != nil {
		t.Fatalf("encode %+v: %v", l, err)
	}
	return out
}

func linkRecordOf(out shard.Output, at event.Instant) stream.Record {
	return stream.Record{Topic: event.Topic(out.Topic), Time: at, Key: out.Key, Value: out.Value, Headers: out.Headers}
}

// linkVersion returns the schema of the version that says a message: the first, but for a referral.
func linkVersion(t *testing.T, l *event.Link) (id uint32, codec *goavro.Codec) {
	t.Helper()
	all := slices.DeleteFunc(schemas.Versions(), func(s schemas.Schema) bool { return s.Topic != schemas.Links })
	version := all[0]
	if l.Referral != nil {
		version = all[1]
	}
	schema, err := parseSchema(version.Text)
	if err != nil {
		t.Fatal(err)
	}
	if codec, err = goavro.NewCodec(schema.text()); err != nil {
		t.Fatal(err)
	}
	return version.ID, codec
}

// linkNative is a message of links as its Avro record, under an id.
func linkNative(id string, l *event.Link) map[string]any {
	record := map[string]any{
		"event_id": id, "customer_id": l.Customer, "cause_event_id": l.ID, "occurred_at": int64(l.OccurredAt), "part": nil, "erasure": nil,
		"referral": nil,
	}
	if r := l.Referral; r != nil {
		record["referral"] = some(space+"LinkReferral", map[string]any{"buyer_id": r.Buyer}, true)
	}
	if p := l.Part; p != nil {
		path, marks := []any{}, []any{}
		for _, id := range p.Path {
			path = append(path, id)
		}
		for _, name := range slices.Sorted(maps.Keys(p.Marks)) {
			marks = append(marks, map[string]any{"partition": name, "offset": p.Marks[name]})
		}
		record["part"] = some(space+"LinkPart", map[string]any{
			"sender_id": p.Sender, "origin_id": p.Origin, "word_at": int64(p.WordAt), "word_event_id": p.WordID, "first": p.First,
			"path": path, "marks": marks, "content": p.Content,
		}, true)
	}
	if e := l.Erasure; e != nil {
		record["erasure"] = some(space+"LinkErasure", map[string]any{
			"erased_id": e.From, "erased_at": int64(e.At), "linked_since_at": some("long", int64(e.Since), e.Linked),
		}, true)
	}
	return record
}

// A message of links goes to the receiving id. It is the record under its schema, and its id is the digest of the record without an id.
func TestEncodeLink(t *testing.T) {
	withdrawn, apart := sampleLink(), sampleLinkErasure()
	withdrawn.Part.Path, withdrawn.Part.Content, withdrawn.Part.Marks, withdrawn.Part.First = nil, nil, nil, false
	apart.Erasure.Linked, apart.Erasure.Since = false, 0
	ids := map[string]bool{}
	for _, row := range []struct {
		link *event.Link
		kind string
	}{
		{sampleLink(), "com.tidemark.customer.link.part.v1"},
		{withdrawn, "com.tidemark.customer.link.part.v1"},
		{sampleLinkErasure(), "com.tidemark.customer.link.erasure.v1"},
		{apart, "com.tidemark.customer.link.erasure.v1"},
		{sampleReferral(), "com.tidemark.customer.link.referral.v1"},
	} {
		version, codec := linkVersion(t, row.link)
		out := encodeLink(t, row.link)
		if ids[out.ID] || len(out.ID) != 32 {
			t.Errorf("id %s is no digest, or that of another message", out.ID)
		}
		ids[out.ID] = true
		if out.Topic != schemas.Links || string(out.Key) != "cat" || out.Time != 0 {
			t.Errorf("to %s with key %s at %s, want %s, cat and the producer's time", out.Topic, out.Key, out.Time, schemas.Links)
		}
		headers := map[string]string{}
		for _, h := range out.Headers {
			headers[h.Key] = string(h.Value)
		}
		if want := map[string]string{
			"ce_specversion": "1.0", "ce_id": out.ID, "ce_source": "tidemark", "ce_type": row.kind, "ce_time": noon.String(), "content-type": "application/avro",
		}; !maps.Equal(headers, want) {
			t.Errorf("headers %v, want %v", headers, want)
		}
		want, err := codec.BinaryFromNative(nil, linkNative(out.ID, row.link))
		if err != nil {
			t.Fatal(err)
		}
		if got := out.Value[5:]; !bytes.HasPrefix(out.Value, binary.BigEndian.AppendUint32([]byte{0}, version)) || !bytes.Equal(got, want) {
			t.Errorf("%+v:\n got %x\nwant %x", row.link, out.Value, want)
		}
		unnamed, err := codec.BinaryFromNative(nil, linkNative("", row.link))
		if want := digest(unnamed); err != nil || out.ID != want {
			t.Errorf("id %s, want the digest of the record without an id, %s (%v)", out.ID, want, err)
		}
		later := *row.link
		later.RecordedAt++
		if again := encodeLink(t, &later); again.ID != out.ID {
			t.Errorf("encoded again at another time: id %s, want %s", again.ID, out.ID)
		}
	}
}

// TestLinksUnderARegistry: where a registry gives the id of the current schema, all messages are of it, and have the ids that they have without.
func TestLinksUnderARegistry(t *testing.T) {
	c := newCodec(t, Options{IDs: map[string]uint32{schemas.Links: 7}})
	for _, l := range []*event.Link{sampleLink(), sampleLinkErasure(), sampleReferral()} {
		out, err := c.EncodeLink(l)
		if err != nil {
			t.Fatal(err)
		}
		want, err := codecs()[schemas.Links].BinaryFromNative(nil, linkNative(out.ID, l))
		if err != nil {
			t.Fatal(err)
		}
		if got := out.Value[5:]; !bytes.HasPrefix(out.Value, []byte{0, 0, 0, 0, 7}) || !bytes.Equal(got, want) {
			t.Errorf("%+v:\n got %x\nwant %x", l, out.Value, want)
		}
		if got := encodeLink(t, l).ID; got != out.ID {
			t.Errorf("id %s with a registry, %s without", out.ID, got)
		}
	}
}

// drawLink draws a valid message.
func drawLink(t *rapid.T) *event.Link {
	id := rapid.StringMatching(`[a-zäß日0-9-]{1,20}`)
	at := rapid.Custom(func(t *rapid.T) event.Instant { return event.Instant(rapid.Int64Range(0, int64(noon)).Draw(t, "ms")) })
	head := event.Head{ID: id.Draw(t, "cause"), Customer: "receiver of the message", OccurredAt: at.Draw(t, "at")}
	head.RecordedAt = head.OccurredAt + 1
	if rapid.Bool().Draw(t, "referral") {
		return &event.Link{Head: head, Referral: &event.LinkReferral{Buyer: id.Draw(t, "buyer")}}
	}
	if rapid.Bool().Draw(t, "erasure") {
		e := &event.LinkErasure{From: id.Draw(t, "from"), At: at.Draw(t, "erased"), Linked: rapid.Bool().Draw(t, "linked")}
		if e.Linked {
			e.Since = at.Draw(t, "since")
		}
		return &event.Link{Head: head, Erasure: e}
	}
	p := &event.LinkPart{WordAt: at.Draw(t, "word"), WordID: id.Draw(t, "word id"), First: rapid.Bool().Draw(t, "first")}
	path := rapid.SliceOfNDistinct(id, 1, 6, rapid.ID).Draw(t, "path")
	p.Origin, p.Sender = path[0], path[len(path)-1]
	if rapid.Bool().Draw(t, "there") {
		p.Path = path
		if content := rapid.SliceOfN(rapid.Byte(), 0, 300).Draw(t, "content"); len(content) > 0 {
			p.Content = content
		}
	}
	if marks := rapid.MapOfN(id, rapid.Int64Range(0, 1<<50), 0, 5).Draw(t, "marks"); len(marks) > 0 {
		p.Marks = marks
	}
	return &event.Link{Head: head, Part: p}
}

func TestLinksRoundTrip(t *testing.T) {
	c := newCodec(t, Options{})
	rapid.Check(t, func(t *rapid.T) {
		want := drawLink(t)
		r := linkRecordOf(encodeLink(t, want), want.RecordedAt)
		got, err := c.Decode(r)
		if err != nil {
			t.Fatalf("decode %+v: %v", want, err)
		}
		for i := range r.Value {
			r.Value[i] = '#' // it is the caller's again
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("got %+v, want %+v", got, want)
		}
	})
}

// The clock of a home may be behind the clock that stamped the event: the message counts at the event's instant all the same.
func TestALinkIsNeverAheadOfItsRecordTime(t *testing.T) {
	early := noon - 60*60*1000
	got, err := newCodec(t, Options{}).Decode(linkRecordOf(encodeLink(t, sampleLink()), early))
	if err != nil {
		t.Fatal(err)
	}
	if got.At() != noon {
		t.Errorf("counts at %s, want %s", got.At(), noon)
	}
}

// A message that no home has sent is refused by its reader, and by its writer if it can be written at all.
func TestLinksThatAreRefused(t *testing.T) {
	c := newCodec(t, Options{})
	with := func(change func(*event.Link)) *event.Link {
		l := sampleLink()
		change(l)
		return l
	}
	part := func(change func(*event.LinkPart)) *event.Link { return with(func(l *event.Link) { change(l.Part) }) }
	erasure := func(change func(*event.LinkErasure)) *event.Link {
		l := sampleLinkErasure()
		change(l.Erasure)
		return l
	}
	path := func(n int) []string {
		all := []string{"ann"}
		for len(all) < n-1 {
			all = append(all, fmt.Sprint("id ", len(all)))
		}
		return append(all, "bob")
	}
	for _, row := range []struct {
		name string
		link *event.Link
		want event.Reason
	}{
		{"neither part nor erasure", with(func(l *event.Link) { l.Part = nil }), event.BadField},
		{"part and erasure", with(func(l *event.Link) { l.Erasure = sampleLinkErasure().Erasure }), event.BadField},
		{"part and referral", with(func(l *event.Link) { l.Referral = sampleReferral().Referral }), event.BadField},
		{"a referral of the receiver", with(func(l *event.Link) { l.Part, l.Referral = nil, &event.LinkReferral{Buyer: "cat"} }), event.BadField},
		{"a referral of nobody", with(func(l *event.Link) { l.Part, l.Referral = nil, &event.LinkReferral{} }), event.BadID},
		{"nobody receives it", with(func(l *event.Link) { l.Customer = "" }), event.BadID},
		{"nothing caused it", with(func(l *event.Link) { l.ID = "" }), event.BadID},
		{"the sender is a line break", part(func(p *event.LinkPart) { p.Sender = "\n" }), event.BadID},
		{"a path that is too long", part(func(p *event.LinkPart) { p.Path = path(event.MaxLinkPath + 1) }), event.TooLarge},
		{"content that is too long", part(func(p *event.LinkPart) { p.Content = make([]byte, event.MaxLinkContent+1) }), event.TooLarge},
		{"an offset below zero", part(func(p *event.LinkPart) { p.Marks["x/0"] = -1 }), event.BadField},
		{"a mark of no partition", part(func(p *event.LinkPart) { p.Marks[""] = 1 }), event.BadField},
		{"a word of before 1970", part(func(p *event.LinkPart) { p.WordAt = -1 }), event.BadField},
		{"an erasure of the year 292278994", erasure(func(e *event.LinkErasure) { e.At = event.Never }), event.BadField},
		{"a link since before 1970", erasure(func(e *event.LinkErasure) { e.Since = -1 }), event.BadField},
	} {
		if _, err := c.EncodeLink(row.link); event.ReasonOf(err) != row.want || err == nil {
			t.Errorf("%s: encoded with %v, want %s", row.name, err, row.want)
		}
		var w wire
		w.link("m-1", row.link)
		w.linkReferral(row.link)
		r := stream.Record{Topic: event.Links, Time: recorded, Key: []byte(row.link.Customer), Value: slices.Concat(frameOf(schemas.Links), w.b)}
		if got, err := c.Decode(r); got != nil || err == nil || event.ReasonOf(err) != row.want {
			t.Errorf("%s: decoded as %+v with %v, want %s", row.name, got, err, row.want)
		}
	}
	if _, err := c.EncodeLink(part(func(p *event.LinkPart) { p.Path = path(event.MaxLinkPath) })); err != nil {
		t.Errorf("the longest path: %v", err)
	}
	good := func() stream.Record { return linkRecordOf(encodeLink(t, sampleLink()), recorded) }
	for _, row := range []struct {
		name   string
		change func(*stream.Record)
		want   event.Reason
	}{
		{"the key of the sender", func(r *stream.Record) { r.Key = []byte("bob") }, event.BadKey},
		{"a link among the purchases", func(r *stream.Record) { r.Topic = event.Purchases }, event.UnknownSchema},
		{"a purchase among the links", func(r *stream.Record) { r.Value = message(t, c, samplePurchase()).Value }, event.UnknownSchema},
		{"a byte too many", func(r *stream.Record) { r.Value = append(r.Value, 0) }, event.TrailingBytes},
		{"the last byte missing", func(r *stream.Record) { r.Value = r.Value[:len(r.Value)-1] }, event.Malformed},
		{"longer than a link", func(r *stream.Record) { r.Value = append(r.Value, make([]byte, MaxLinkBytes)...) }, event.TooLarge},
		{"a partition twice", func(r *stream.Record) {
			l := linkNative("m-1", sampleLink())
			fields := l["part"].(map[string]any)[space+"LinkPart"].(map[string]any)
			fields["marks"] = append(fields["marks"].([]any), fields["marks"].([]any)[0])
			body, err := codecs()[schemas.Links].BinaryFromNative(nil, l)
			if err != nil {
				t.Fatal(err)
			}
			r.Value = slices.Concat(frameOf(schemas.Links), body)
		}, event.BadField},
	} {
		r := good()
		row.change(&r)
		if got, err := c.Decode(r); got != nil || err == nil || event.ReasonOf(err) != row.want {
			t.Errorf("%s: got %+v and %v, want %s", row.name, got, err, row.want)
		}
	}
}

// The largest part is taken, whatever the limit of the inputs: a history is as long as the customer has made it.
func TestTheLargestLinkIsTaken(t *testing.T) {
	l := sampleLink()
	l.Part.Content = bytes.Repeat([]byte{7}, event.MaxLinkContent)
	l.Part.Path = nil
	for n := range event.MaxLinkPath {
		l.Part.Path = append(l.Part.Path, fmt.Sprintf("%0*d", event.MaxID, n))
	}
	l.Part.Origin, l.Part.Sender = l.Part.Path[0], l.Part.Path[event.MaxLinkPath-1]
	l.Part.Marks = map[string]int64{}
	for n := range event.MaxLinkMarks {
		l.Part.Marks[fmt.Sprintf("%s/%d", event.Interactions, n)] = 1 << 50
	}
	out := encodeLink(t, l)
	t.Logf("%d bytes, at most %d", len(out.Value), MaxLinkBytes)
	got, err := newCodec(t, Options{MaxBytes: 100}).Decode(linkRecordOf(out, recorded))
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, l) {
		t.Error("another message than the one that was sent")
	}
	for n := range event.MaxLinkMarks {
		l.Part.Marks[strings.Repeat("x", 200)+fmt.Sprint(n)] = 1
		delete(l.Part.Marks, fmt.Sprintf("%s/%d", event.Interactions, n))
	}
	var invalid *event.Invalid
	if _, err := newCodec(t, Options{}).EncodeLink(l); !errors.As(err, &invalid) || invalid.Reason != event.TooLarge {
		t.Errorf("all bounds kept, but %d bytes exceeded: %v, want %s", MaxLinkBytes, err, event.TooLarge)
	}
}

// A newer version of Tidemark says more, in another order, and leaves out what has a default.
func TestANewerLinkIsRead(t *testing.T) {
	text := ourText(t, schemas.Links)
	newer := strings.NewReplacer(
		`{"name": "origin_id"`, `{"name": "colour", "type": "string"}, {"name": "origin_id"`,
		`{"name": "part", "default": null, "doc": "The history of one id, whole: it replaces what the sender has sent of this origin before.", "type": ["null", {`,
		`{"name": "part", "default": null, "type": ["null", "int", {`,
	).Replace(text)
	native := linkNative("m-1", sampleLink())
	fields := native["part"].(map[string]any)[space+"LinkPart"].(map[string]any)
	fields["colour"] = "blue"
	want := sampleLink()
	want.RecordedAt = 0
	if got := readAs(t, newer, written(t, newer, timed(native))); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	delete(native, "erasure")
	native["part"] = some("int", 5, true)
	r, err := newReader(newer)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := r.read(written(t, newer, timed(linkWith(native, "erasure", nil)))); err == nil || event.ReasonOf(err) != event.BadField {
		t.Errorf("a number for a part: got %+v and %v, want %s", got, err, event.BadField)
	}
}

func linkWith(native map[string]any, name string, x any) map[string]any {
	native[name] = x
	return native
}

// timed writes the times of a native record as goavro wants them of a schema with logical types.
func timed(native map[string]any) map[string]any {
	record := maps.Clone(native)
	for name, x := range record {
		switch x := x.(type) {
		case map[string]any:
			record[name] = timed(x)
		case int64:
			if name == "occurred_at" || name == "word_at" {
				record[name] = event.Instant(x).Time()
			}
		}
	}
	return record
}

// Whatever a message of the largest size claims, a decode allocates at most a multiple of the length of the message.
func TestHostileLinksTakeBoundedMemory(t *testing.T) {
	c := newCodec(t, Options{})
	var before wire // what stands before the path
	l := sampleLink()
	l.Part.Path, l.Part.Marks, l.Part.Content = nil, nil, nil
	before.link("m-1", l)
	head := slices.Concat(frameOf(schemas.Links), before.b[:len(before.b)-4]) // no path, no marks, no content, no erasure
	block := func(n int, entry []byte) []byte {
		return append(append(binary.AppendVarint(nil, int64(n)), bytes.Repeat(entry, n)...), 0)
	}
	const room = MaxLinkBytes - 1024
	for _, row := range []struct {
		why  string
		rest []byte
	}{
		{"a path of nothing", block(room/8, []byte{0})},
		{"a path of texts", block(room/8, []byte{14, 'a', 'b', 'c', 'd', 'e', 'f', 'g'})},
		{"marks of nothing", append([]byte{0}, block(room/8, []byte{0, 0})...)},
		{"marks with names", append([]byte{0}, block(room/8, []byte{12, 'a', 'b', 'c', 'd', 'e', 'f', 2})...)},
		{"marks that claim 2^31-1", append([]byte{0}, hugeBlock...)},
		{"a path that claims 2^31-1", hugeBlock},
	} {
		value := slices.Concat(head, row.rest)
		value = append(value, make([]byte, MaxLinkBytes-len(value))...)
		r := stream.Record{Topic: event.Links, Time: recorded, Key: []byte("cat"), Value: value}
		got := allocated(func() { _, _ = c.Decode(r) })
		if most := uint64(amplification*len(value) + constantBytes); got > most {
			t.Errorf("%s: %d bytes allocated for a message of %d, want at most %d", row.why, got, len(value), most)
		}
		t.Logf("%-30s %.1f times as many allocated", row.why, float64(got)/float64(len(value)))
	}
}

// FuzzDecodeLink is FuzzDecodePurchase for messages of links.
func FuzzDecodeLink(f *testing.F) {
	c := newCodec(f, Options{})
	withdrawn := sampleLink()
	withdrawn.Part.Path, withdrawn.Part.Content = nil, nil
	for _, l := range []*event.Link{sampleLink(), withdrawn, sampleLinkErasure(), sampleReferral()} {
		out := encodeLink(f, l)
		body := out.Value[5:]
		if l.Referral == nil {
			body = append(body, 0) // of the second version
		}
		f.Add(body, out.Key)
		for _, at := range []int{1, len(body) / 2, len(body) - 1} {
			f.Add(body[:at], out.Key)
			f.Add(slices.Concat(body[:at], hugeBlock), out.Key)
		}
	}
	f.Fuzz(func(t *testing.T, body, key []byte) {
		r := stream.Record{Topic: event.Links, Time: recorded, Key: key, Value: slices.Concat(frameOf(schemas.Links), body)}
		e, err := c.Decode(r)
		if err != nil {
			var invalid *event.Invalid
			if e != nil || !errors.As(err, &invalid) || invalid.Reason == event.Crash {
				t.Fatalf("got %v and %v, want a reason and nothing else", e, err)
			}
			return
		}
		l := e.(*event.Link)
		again, err := c.Decode(linkRecordOf(encodeLink(t, l), recorded))
		if err != nil || !reflect.DeepEqual(again, e) {
			t.Fatalf("got %+v and %v, want %+v", again, err, e)
		}
	})
}
