package dataset_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"tidemark/internal/dataset"
	"tidemark/internal/event"
)

// TestEveryFieldIsWrittenAndRead gives every field of an event a value. So a new field that is not written, or not read, fails the
// test without a row of its own.
func TestEveryFieldIsWrittenAndRead(t *testing.T) {
	var p event.Purchase
	var i event.Interaction
	var f event.Feedback
	fill(reflect.ValueOf(&p).Elem())
	fill(reflect.ValueOf(&i).Elem())
	fill(reflect.ValueOf(&f).Elem())
	p.Amount.Currency = "EUR"
	f.Kind, f.Min, f.Max, f.Score = event.CSAT, 1, 5, 2
	for _, want := range []event.Event{&p, &i, &f} {
		var line bytes.Buffer
		if err := dataset.WriteJSONL(&line, []event.Event{want}); err != nil {
			t.Fatalf("%T: %v", want, err)
		}
		file := filepath.Join(t.TempDir(), "log.jsonl")
		if err := os.WriteFile(file, line.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		log, err := dataset.Read(dataset.JSONL, []string{file}, nil)
		if err != nil || len(log.Events) != 1 {
			t.Fatalf("%T: read %v and %v, want the event", want, log, err)
		}
		if got := log.Events[0]; !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v, want %+v", line.Bytes(), got, want)
		}
	}
}

// fill sets every field below v to something but zero.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for _, field := range v.Fields() {
			fill(field)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(key)
		fill(value)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.String:
		v.SetString("x")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Float64:
		v.SetFloat(1)
	default:
		switch {
		case v.CanInt():
			v.SetInt(1)
		case v.CanUint():
			v.SetUint(1)
		default:
			panic(fmt.Sprintf("nothing to fill a %s with", v.Type()))
		}
	}
}
