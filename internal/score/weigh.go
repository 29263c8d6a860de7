package score

import (
	"tidemark/internal/catalogue"
	"tidemark/internal/event"
	"tidemark/internal/history"
	"tidemark/internal/score/clv"
	"tidemark/internal/score/value"
)

// weighed are the entries of the catalogue that the lines of a scorecard weigh, beside the indicators of the default scorecard, which reading
// knows itself; nil for such a line.
func weighed(c *value.Scorecard) (entries [value.MaxLines]*catalogue.Entry, reads catalogue.Reads) {
	known := map[value.Indicator]bool{}
	for _, name := range value.Known() {
		known[name] = true
	}
	for i, line := range c.Lines {
		if !known[line.Indicator] {
			entries[i] = catalogue.Find(string(line.Indicator))
			reads |= entries[i].Reads
		}
	}
	return entries, reads
}

// weigh is the raw value of an entry for a buyer. It fills in what the entry reads, for a search asks often. A call through a function of a
// table moves the view to the heap: facts and pattern are copied, so that those of the callers stay where they are.
func (e *Engine) weigh(entry *catalogue.Entry, f *history.Facts, p clv.Pattern) value.Raw {
	v := catalogue.View{Base: e.model.Base, Bought: true, Facts: f.Numbers(), Pattern: p.Forgetful(), Recency: p.Age - p.Last}
	if entry.Reads&catalogue.ReadsOutlook != 0 {
		v.Outlook.Alive = micro(e.model.Value.Alive(p))
	}
	if entry.Reads&catalogue.ReadsRisk != 0 {
		v.Risk = catalogue.Risk{Now: micro(e.model.Stack.Risk(e.Traits(f, p), e.bareRisk(p))), Normal: e.normal(f, p)}
	}
	if entry.Reads&catalogue.ReadsWorth != 0 {
		ahead := e.model.Value.Ahead(p)
		v.Worth.Historic, v.Worth.Current = e.historic(f), e.minor(ahead*e.model.Value.MarginOf(p))
		v.Worth.Total = v.Worth.Historic + v.Worth.Current
		v.Worth.OrderMargin = e.orderMargin(p)
		if l := e.model.Learnt; l != nil {
			v.Worth.Learnt, v.Worth.LearntModel = e.minor(e.learnt(f, p, ahead)), l.Version
		}
	}
	if entry.Reads&catalogue.ReadsMore != 0 {
		e.weighMore(&v, f, p)
	}
	x, known := entry.Number(&v)
	return value.Raw{Value: x, Missing: !known}
}

// weighMore fills in what entries that read More need, of a buyer: the rarer facts, which Engine.Facts has looked up, and what the model knows of all
// customers and of the methods. What depends on attributes is left out: no scorecard weighs it.
func (e *Engine) weighMore(v *catalogue.View, f *history.Facts, p clv.Pattern) {
	v.More = f.More
	s := &v.Standing
	s.Params, s.Usual, s.Own = &e.model.Standing, e.model.Value.Margin, e.model.Value.MarginOf(p)
	s.Today = f.FirstDay + event.Day(p.Age)
	s.Peers = e.peers(nil)
	e.methods(&v.Methods, p)
}
