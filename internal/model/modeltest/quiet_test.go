package modeltest_test

import (
	"reflect"
	"testing"

	"tidemark/internal/model"
	"tidemark/internal/model/modeltest"
	"tidemark/internal/score"
	"tidemark/internal/score/tier"
)

// The quiet model is the default model, but everything is off that a model file may leave out.
func TestQuiet(t *testing.T) {
	want, err := model.Parse(model.Default())
	if err != nil {
		t.Fatal(err)
	}
	got, err := model.Parse(modeltest.Quiet())
	if err != nil {
		t.Fatal(err)
	}
	want.Hash, want.Reactions, want.Low = got.Hash, score.Reactions{}, nil
	want.SinceTaken, want.ByConsent, want.WhatIf, want.PairReferrals = false, false, false, false
	for t := tier.Low; int(t) < tier.Tiers; t++ {
		book := want.Playbooks[t]
		book.Resources, book.Marketing, book.Service = "", "", ""
		want.Playbooks[t] = book
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v\nwant\n%+v", got, want)
	}
}
