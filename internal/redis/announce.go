package redis

import "tidemark/internal/event"

// InForce is what stands in tm:model: the model that was activated last, and the model before it, nil where there was none.
//
//	            the announcement            EffectiveAt
//	──────────────────┼──────────────────────────┼────────────> time
//	             Before is in force              │ StoredModel is in force
//
// Until EffectiveAt the model is announced: it scores nobody, and another announcement replaces it. From EffectiveAt on it is in
// force, and the next announcement makes it the model before. So at most one model is announced, and Before is always a model
// that has been in force. The first model has none before it, and is in force from the beginning, whatever its instant.
type InForce struct {
	StoredModel
	Before *StoredModel
}

// At returns the model that is in force at an instant.
func (m InForce) At(at event.Instant) StoredModel {
	if m.Announced(at) {
		return *m.Before
	}
	return m.StoredModel
}

// Announced reports whether the model activated last is yet to come into force.
func (m InForce) Announced(at event.Instant) bool { return m.Before != nil && at < m.EffectiveAt }

// activate returns what stands in tm:model once a model is activated, and now says which model is in force at that moment. It is
// idempotent: to activate the same again changes nothing.
func (m InForce) activate(next StoredModel, now event.Instant) InForce {
	if m.Hash == "" {
		return InForce{StoredModel: next}
	}
	current := m.At(now)
	if next.Hash != current.Hash {
		return InForce{next, &current}
	}
	if current.EffectiveAt <= now && next.EffectiveAt > now {
		next.EffectiveAt = current.EffectiveAt // it scores already, and what it has scored stays
	}
	if m.Announced(now) {
		return InForce{StoredModel: next} // the announcement is withdrawn; of the model before this one nothing is known any more
	}
	return InForce{next, m.Before}
}
