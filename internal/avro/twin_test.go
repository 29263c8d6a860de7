package avro

import (
	"errors"
	"math"
	"math/big"
	"os"
	"testing"

	"github.com/linkedin/goavro/v2"

	"tidemark/internal/event"
)

// TestMain bounds goavro, the twin's half of a decode: it allocates a block before it reads it, and a count that is not
// bounded ends the process.
func TestMain(m *testing.M) {
	goavro.MaxBlockCount = int64(mostEntries(DefaultMaxBytes))
	os.Exit(m.Run())
}

// twin reads what a reader reads, by another way: goavro builds the whole record, and the event is taken out of its maps.
// It shares with the reader the schema as parsed, and the limits.
type twin struct {
	writer *schema
	codec  *goavro.Codec
}

func newTwin(t testing.TB, text string) twin {
	t.Helper()
	writer, err := parseSchema(text)
	if err != nil {
		t.Fatalf("parse %s: %v", text, err)
	}
	codec, err := goavro.NewCodec(writer.text())
	if err != nil {
		t.Fatalf("goavro does not take %s: %v", text, err)
	}
	return twin{writer, codec}
}

// read returns an event, or the reason why there is none.
func (w twin) read(b []byte) (event.Event, error) {
	n, err := measured(w.writer, b)
	if err != nil {
		return nil, event.Invalidf(event.Malformed, "%s", err)
	}
	if n < len(b) {
		return nil, event.Invalidf(event.TrailingBytes, "%d of %d bytes", n, len(b))
	}
	native, rest, err := w.codec.NativeFromBinary(b)
	if err != nil {
		return nil, event.Invalidf(event.Malformed, "%s", err)
	}
	if len(rest) > 0 {
		panic("the twin's measure is not goavro's")
	}
	e, err := w.event(native.(map[string]any))
	if err != nil {
		return nil, event.Invalidf(event.BadField, "%s", err)
	}
	return e, nil
}

// target is a field of ours, and where it goes.
type target struct {
	name     string
	to       any
	required bool
}

func (w twin) event(native map[string]any) (event.Event, error) {
	switch w.writer.record() {
	case "Purchase":
		p := new(event.Purchase)
		return p, take(w.writer, native, []target{
			{"event_id", &p.ID, true},
			{"customer_id", &p.Customer, true},
			{"order_id", &p.OrderID, false},
			{"occurred_at", &p.OccurredAt, true},
			{"kind", &p.Kind, true},
			{"amount_minor", &p.Amount.Minor, true},
			{"currency", &p.Amount.Currency, true},
			{"margin_minor", &p.Margin, false},
			{"discount_minor", &p.Discount, false},
			{"service_cost_minor", &p.ServiceCost, false},
			{"acquisition_cost_minor", &p.AcquisitionCost, false},
			{"items", &p.Items, false},
			{"channel", &p.Channel, false},
			{"session_id", &p.Session, false},
			{"referrer_id", &p.Referrer, false},
			{"due_at", &p.DueAt, false},
			{"revised_at", &p.RevisedAt, false},
		})
	case "Interaction":
		i := new(event.Interaction)
		return i, take(w.writer, native, []target{
			{"event_id", &i.ID, true},
			{"customer_id", &i.Customer, true},
			{"occurred_at", &i.OccurredAt, true},
			{"kind", &i.Kind, true},
			{"other_customer_id", &i.OtherCustomer, false},
			{"name", &i.Name, false},
			{"channel", &i.Channel, false},
			{"session_id", &i.Session, false},
			{"weight", &i.Weight, false},
			{"cost_minor", &i.Cost, false},
			{"alert_id", &i.Alert, false},
			{"disposition", &i.Disposition, false},
			{"attributes", &i.Attributes, false},
		})
	}
	f := new(event.Feedback)
	var score *float64
	if err := take(w.writer, native, []target{
		{"event_id", &f.ID, true},
		{"customer_id", &f.Customer, true},
		{"occurred_at", &f.OccurredAt, true},
		{"kind", &f.Kind, true},
		{"score", &score, false},
		{"scale_min", &f.Min, false},
		{"scale_max", &f.Max, false},
		{"topic", &f.About, false},
		{"order_id", &f.OrderID, false},
	}); err != nil {
		return nil, err
	}
	if score == nil {
		f.Min, f.Max = 0, 0
		return f, nil
	}
	f.Scored, f.Score = true, *score
	if f.Kind == event.NPS && f.Min == 0 && f.Max == 0 {
		f.Max = 10
	}
	return f, nil
}

var errTwin = errors.New("of another type")

func take(writer *schema, native map[string]any, targets []target) error {
	for _, t := range targets {
		f := writer.field(t.name)
		if f == nil {
			continue
		}
		of, x := opened(f.of, native[t.name])
		if x == nil && t.required {
			return errTwin
		}
		if x == nil {
			continue
		}
		if err := put(t.to, of, x); err != nil {
			return err
		}
	}
	return nil
}

// opened is what is inside goavro's value of a union; nil for null.
func opened(s *schema, native any) (*schema, any) {
	for s.kind == "union" && native != nil {
		s, native = branch(s, native)
	}
	return s, native
}

func put(to any, of *schema, x any) (err error) {
	switch to := to.(type) {
	case *string:
		*to, err = textOf(of, x)
	case *pieces:
		*to, err = piecesOf(x)
	case *event.Currency:
		var text string
		text, err = textOf(of, x)
		*to = event.Currency(text)
	case *event.PurchaseKind:
		err = symbolOf(to, of, x, event.ParsePurchaseKind)
	case *event.InteractionKind:
		err = symbolOf(to, of, x, event.ParseInteractionKind)
	case *event.FeedbackKind:
		err = symbolOf(to, of, x, event.ParseFeedbackKind)
	case *event.Subject:
		err = symbolOf(to, of, x, event.ParseSubject)
	case *event.Disposition:
		err = symbolOf(to, of, x, event.ParseDisposition)
	case *float64:
		*to, err = numberOf(x)
	case **float64:
		*to = new(float64)
		**to, err = numberOf(x)
	case *int64:
		*to, err = wholeOf(x)
	case *event.OptionalMinor:
		to.Known = true
		to.Minor, err = wholeOf(x)
	case *int32:
		var n int64
		if n, err = wholeOf(x); n < 1 || n > math.MaxInt32 {
			err = errTwin
		}
		*to = int32(n)
	case *event.Instant:
		*to, err = instantOf(of, x)
	case *[]event.Item:
		err = itemsOf(to, of, x)
	case *map[string]string:
		err = attributesOf(to, of, x)
	}
	return err
}

func textOf(of *schema, x any) (string, error) {
	switch x := x.(type) {
	case string:
		return x, nil
	case []byte:
		if of.kind == "bytes" {
			return string(x), nil
		}
	}
	return "", errTwin
}

func symbolOf[T any](to *T, of *schema, x any, parse func(string) T) error {
	text, err := textOf(of, x)
	*to = parse(text)
	return err
}

func numberOf(x any) (float64, error) {
	switch x := x.(type) {
	case int32:
		return float64(x), nil
	case int64:
		return float64(x), nil
	case float32:
		return float64(x), nil
	case float64:
		return x, nil
	}
	return 0, errTwin
}

func wholeOf(x any) (int64, error) {
	switch x := x.(type) {
	case int32:
		return int64(x), nil
	case int64:
		return x, nil
	}
	f, err := numberOf(x)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		return 0, errTwin
	}
	n, accuracy := big.NewFloat(f).Int64()
	if accuracy != big.Exact || n > 1<<53 || n < -1<<53 {
		return 0, errTwin
	}
	return n, nil
}

// pieces is a quantity.
type pieces int64

// piecesOf is what event.Pieces promises, by way of big numbers: a part of a piece is a piece, and a number beyond 2^53 is 2^53.
func piecesOf(x any) (pieces, error) {
	f, err := numberOf(x)
	switch x.(type) {
	case int32, int64:
		n, err := wholeOf(x)
		return pieces(n), err
	}
	switch {
	case err != nil:
		return 0, errTwin
	case math.IsNaN(f):
		return 0, nil
	case math.Abs(f) > 1<<53:
		return pieces(math.Copysign(1<<53, f)), nil
	}
	n, accuracy := big.NewFloat(f).Int64()
	switch accuracy {
	case big.Below: // n is less than f, so f lies above zero
		n++
	case big.Above:
		n--
	case big.Exact:
	}
	return pieces(n), nil
}

func instantOf(of *schema, x any) (event.Instant, error) {
	n, err := wholeOf(x)
	if err != nil {
		return 0, err
	}
	switch of.logical {
	case "date":
		return event.Instant(n * 86_400_000), nil
	case "", "timestamp-millis", "local-timestamp-millis":
		return event.Instant(n), nil
	case "timestamp-micros", "local-timestamp-micros":
		return floored(n, 1000), nil
	case "timestamp-nanos", "local-timestamp-nanos":
		return floored(n, 1_000_000), nil
	}
	return 0, errTwin
}

// floored is n/by, towards minus infinity: what Euclid's division is for a positive by.
func floored(n, by int64) event.Instant {
	return event.Instant(new(big.Int).Div(big.NewInt(n), big.NewInt(by)).Int64())
}

func itemsOf(to *[]event.Item, of *schema, x any) error {
	list, ok := x.([]any)
	if !ok {
		return errTwin
	}
	for _, native := range list {
		record, x := opened(of.of, native)
		fields, ok := x.(map[string]any)
		if !ok || record.kind != "record" || record != of.of.element() {
			return errTwin
		}
		var i event.Item
		if err := take(record, fields, []target{
			{"sku", &i.SKU, true}, {"category", &i.Category, true}, {"quantity", (*pieces)(&i.Quantity), true}, {"amount_minor", &i.AmountMinor, true},
		}); err != nil {
			return err
		}
		*to = append(*to, i)
	}
	return nil
}

func attributesOf(to *map[string]string, of *schema, x any) error {
	entries, ok := x.(map[string]any)
	if !ok || of.kind != "map" {
		return errTwin
	}
	for key, native := range entries {
		inside, x := opened(of.of, native)
		if x == nil {
			continue
		}
		text, err := textOf(inside, x)
		if err != nil {
			return err
		}
		if *to == nil {
			*to = map[string]string{}
		}
		(*to)[key] = text
	}
	return nil
}
