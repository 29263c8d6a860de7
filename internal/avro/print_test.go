package avro

import (
	"strings"
	"testing"

	"tidemark/internal/score"
	"tidemark/schemas"
)

// A message is printed as replay prints its transition, whichever version of the schema its id names.
func TestPrinter(t *testing.T) {
	c := newCodec(t, Options{})
	for _, x := range []score.Transition{sampleTier(), sampleAlert(), sampleDrop(), sampleUnhappy(), sampleWinBack(), sampleNotice(), sampleSegment()} {
		topic, want := TransitionJSON(x)
		got, err := c.Printer().JSON(t.Context(), topic, encode(t, c, x).Value)
		if err != nil || string(got) != string(want) {
			t.Errorf("%T: %v\n got %s\nwant %s", x, err, got, want)
		}
	}
	first := wire{b: newCodec(t, Options{IDs: map[string]uint32{schemas.WinBacks: 0x544d0601}}).frame(schemas.WinBacks, 512), version: 1}
	won := sampleWinBack()
	first.transition(won, won.ID, won.EpisodeID)
	_, line := TransitionJSON(won)
	want := strings.Replace(string(line), `,"contactable_channels":null`, "", 1)
	if got, err := c.Printer().JSON(t.Context(), schemas.WinBacks, first.b); err != nil || string(got) != want {
		t.Errorf("the first version of a win-back: %v\n got %s\nwant %s", err, got, want)
	}
	out, err := c.EncodeErasure("c-1", noon)
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.Printer().JSON(t.Context(), out.Topic, out.Value)
	if want := `{"event_id":"` + out.ID + `","customer_id":"c-1","erased_at":"` + noon.String() + `"}`; err != nil || string(got) != want {
		t.Errorf("an erasure: %s (%v), want %s", got, err, want)
	}
	for why, message := range map[string][]byte{
		"no frame": []byte("{}"), "another topic's schema": encode(t, c, sampleTier()).Value, "cut short": out.Value[:20], "more bytes": append(out.Value, 1),
	} {
		if got, err := c.Printer().JSON(t.Context(), out.Topic, message); err == nil {
			t.Errorf("%s: printed as %s, want an error", why, got)
		}
	}
}
