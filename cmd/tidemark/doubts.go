package main

import (
	"fmt"
	"io"
	"strings"

	"tidemark/internal/event"
	"tidemark/internal/model"
	"tidemark/internal/redis"
)

// warnOf writes what can hardly be meant in the model file raw, a line each.
func warnOf(raw []byte, w io.Writer) error {
	doubts, err := model.Doubts(raw)
	if err != nil {
		return err
	}
	for _, d := range doubts {
		fmt.Fprintln(w, "warning:", d.Text)
	}
	return nil
}

// modelFits turns the doubts about the model in force at now into a finding of doctor. Only a grave doubt is a fault: a model of before
// there were ranges does what it always did.
func modelFits(m redis.InForce, now event.Instant) finding {
	doubts, err := model.Doubts(m.At(now).Source)
	f := finding{Name: "model's scale", OK: err == nil, Detail: "its parameters are of the scale of the base currency, and ranges bound its churn stack"}
	if err != nil {
		f.Detail, f.Remedy = err.Error(), "tidemark model activate FILE"
		return f
	}
	var texts []string
	for _, d := range doubts {
		texts = append(texts, d.Text)
		f.OK = f.OK && !d.Grave
	}
	if texts != nil {
		f.Detail, f.Remedy = strings.Join(texts, "; "), "tidemark fit --from-redis --churn-stack --out FILE, then tidemark model activate FILE"
	}
	return f
}
