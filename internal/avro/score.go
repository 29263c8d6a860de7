package avro

import (
	"fmt"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/score/tier"
	"tidemark/internal/shard"
	"tidemark/schemas"
)

// EncodeScore returns the message of a public score. Its id is the hash of the record with an empty event_id: the same score
// gives the same id. A score without an instant or a currency is an error, as is a number that is not finite.
func (c *Codec) EncodeScore(s *score.Score) (shard.Output, error) {
	if s.AsOf == 0 || s.AsOf == event.Never {
		return shard.Output{}, fmt.Errorf("encode score: as_of is %s", s.AsOf)
	}
	if _, ok := s.Base.Digits(); !ok {
		return shard.Output{}, fmt.Errorf("encode score: %q is not a currency", s.Base)
	}
	body := wire{b: make([]byte, 0, 256)}
	body.score(s)
	if body.scoreMaps(s); body.err != nil {
		return shard.Output{}, fmt.Errorf("encode score: %w", body.err)
	}
	id := digest(body.b)
	w := wire{b: c.frame(schemas.Scores, 5+33+len(body.b))}
	w.text(id)
	w.b = append(w.b, body.b[1:]...) // event_id comes first, and was a byte long: empty
	return c.cloudEvent(schemas.Scores, s.Customer, id, "com.tidemark.score.updated.v1", s.AsOf, w.b), nil
}

// score appends the record of a score, with an empty event_id, up to the maps. A field that does not apply to a customer without purchases is
// null. Of a test account the facts are there, its segment says what it is, and no number is that a list could rank.
func (w *wire) score(s *score.Score) {
	w.text("")
	w.text(s.Customer)
	w.int(int64(s.AsOf))
	w.some(false) // cause: a score stands for all that has happened since the one before
	w.some(false) // cause_event_id
	w.text(s.Model)
	w.maybeText(s.Scorecard)
	w.maybeText(s.Population)
	if w.some(s.Scorecard != "") { // an engine has made it
		w.bool(s.Control)
	}
	if w.some(s.Bought && s.Tier != tier.None) {
		w.int(int64(s.Tier))
	}
	if w.some(s.Bought) {
		w.int(int64(s.Points))
	}
	if w.some(true) {
		w.int(int64(s.Level) + 1)
	}
	if w.some(s.Bought) {
		w.double(s.Risk)
	}
	if w.some(!s.Test) {
		w.int(s.Total)
	}
	if w.some(s.Bought) {
		w.double(s.Alive)
	}
	w.maybeText(s.Segment)
	if w.some(true) {
		w.int(int64(s.Orders365))
	}
	if w.some(true) {
		w.int(s.Spend365)
	}
	w.text(string(s.Base))
	if w.some((s.Bought || s.Test && s.PurchaseDays > 0) && isInstant(s.LastPurchase)) {
		w.int(int64(s.LastPurchase))
	}
	if w.some(s.LearntModel != "") {
		w.int(s.Learnt)
	}
	w.maybeText(s.LearntModel)
}

// scoreMaps appends what the catalogue knows besides.
func (w *wire) scoreMaps(s *score.Score) {
	numbers, words := s.Maps()
	w.list(len(numbers), func(i int) { w.text(numbers[i].Name); w.double(numbers[i].Value) })
	w.list(len(words), func(i int) { w.text(words[i].Name); w.text(words[i].Value) })
}
