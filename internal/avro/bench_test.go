package avro

import (
	"testing"

	"tidemark/internal/event"
)

// BenchmarkDecode has beside each decode what goavro takes for it: its record of maps, and the event taken out of them.
func BenchmarkDecode(b *testing.B) {
	c := newCodec(b, Options{})
	bare := samplePurchase()
	bare.Items = nil
	for _, row := range []struct {
		name  string
		event event.Event
	}{{"purchase", bare}, {"purchase with 2 items", samplePurchase()}, {"interaction", sampleInteraction()}, {"feedback", sampleFeedback()}} {
		r := message(b, c, row.event)
		b.Run(row.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(r.Value)))
			for b.Loop() {
				if _, err := c.Decode(r); err != nil {
					b.Fatal(err)
				}
			}
		})
		twin := newTwin(b, formats()[string(r.Topic)].Text)
		b.Run(row.name+" by goavro", func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(r.Value)))
			for b.Loop() {
				if _, err := twin.read(r.Value[5:]); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkEncodeEvent(b *testing.B) {
	c := newCodec(b, Options{})
	e := samplePurchase()
	b.ReportAllocs()
	for b.Loop() {
		c.EncodeEvent(e)
	}
}

func BenchmarkEncodeScore(b *testing.B) {
	c := newCodec(b, Options{})
	e := scorer(b, "USD")
	s := e.Score(lived(b, e, "c-1", weekly(30, "USD")...), start+210*day)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.EncodeScore(&s); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkTransitionJSON(b *testing.B) {
	change := sampleTier()
	b.ReportAllocs()
	for b.Loop() {
		TransitionJSON(change)
	}
}

func BenchmarkEncode(b *testing.B) {
	c := newCodec(b, Options{})
	change := sampleTier()
	b.Run("identify", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			Identify(change)
		}
	})
	b.Run("encode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := c.Encode(change); err != nil {
				b.Fatal(err)
			}
		}
	})
}
