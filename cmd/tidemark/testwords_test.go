package main

import (
	"fmt"
	"strings"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/model"
)

// TestDoctorNamesTestAccountsThatSayNothing: a spelling that nobody understands marks no test account, and is named.
func TestDoctorNamesTestAccountsThatSayNothing(t *testing.T) {
	engine := engineFor(t, string(model.Default()))
	customer := func(id, word string) []byte {
		head := event.Head{ID: id, Customer: id, OccurredAt: 1_760_000_000_000, RecordedAt: 1_760_000_000_000}
		p, _, _ := engine.Apply(engine.New(id), &event.Interaction{Head: head, Kind: event.Attributes, Attributes: map[string]string{"test_account": word}})
		return p.Append(nil)
	}
	if f, ok := testWords([][]byte{customer("ann", "true"), customer("bob", "no"), []byte("damaged")}); ok {
		t.Errorf("words that are understood: got %+v, want nothing", f)
	}
	var many [][]byte
	for n := range 7 {
		many = append(many, customer(fmt.Sprint("c", n), "si"))
	}
	f, ok := testWords(append(many, customer("ann", "true")))
	if want := `7 of 8 customers that were looked at have one, and count as customers: "c0" since 2025-10-09T08:53:20Z, with "si"; `; !ok || !f.OK ||
		!strings.HasPrefix(f.Detail, want) || !strings.HasSuffix(f.Detail, "; and 2 more") || !strings.Contains(f.Remedy, "true, yes or 1") {
		t.Errorf("a word of another language: got %+v, %t, want %q and 2 more", f, ok, want)
	}
}
