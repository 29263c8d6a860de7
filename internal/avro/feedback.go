package avro

import "tidemark/internal/event"

var feedbackSetters = map[string]setter[event.Feedback]{
	"event_id":    func(f *event.Feedback, v value) error { return v.text(&f.ID) },
	"customer_id": func(f *event.Feedback, v value) error { return v.text(&f.Customer) },
	"occurred_at": func(f *event.Feedback, v value) error { return v.instant(&f.OccurredAt) },
	"kind":        func(f *event.Feedback, v value) error { return parsed(v, &f.Kind, event.ParseFeedbackKind) },
	"score":       rating,
	"scale_min":   func(f *event.Feedback, v value) error { return v.number(&f.Min) },
	"scale_max":   func(f *event.Feedback, v value) error { return v.number(&f.Max) },
	"topic":       func(f *event.Feedback, v value) error { return parsed(v, &f.About, event.ParseSubject) },
	"order_id":    func(f *event.Feedback, v value) error { return v.text(&f.OrderID) },
}

func rating(f *event.Feedback, v value) error {
	f.Scored = true
	return v.number(&f.Score)
}

// fixScale gives an NPS answer without a scale the scale 0 to 10, and removes the scale of a feedback without an answer.
func fixScale(f *event.Feedback) {
	if !f.Scored {
		f.Min, f.Max = 0, 0
		return
	}
	if f.Kind == event.NPS && f.Min == 0 && f.Max == 0 {
		f.Max = 10
	}
}

// feedback appends the record of a feedback.
func (w *wire) feedback(f *event.Feedback) {
	w.text(f.ID)
	w.text(f.Customer)
	w.int(int64(f.OccurredAt))
	w.int(int64(f.Kind))
	w.maybeExact(f.Score, f.Scored)
	w.maybeExact(f.Min, f.Scored)
	w.maybeExact(f.Max, f.Scored)
	w.maybeInt(int64(f.About), f.About != event.UnknownSubject)
	w.maybeText(f.OrderID)
}
