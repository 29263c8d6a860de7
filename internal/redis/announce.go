package redis

import "tidemark/internal/event"

// InForce is the content of tm:model: the model activated last, and the model before it. Before is nil for the first model.
//
//	            the announcement            EffectiveAt
//	──────────────────┼──────────────────────────┼────────────> time
//	             Before is in force              │ StoredModel is in force
//
// Until EffectiveAt the StoredModel is announced: nobody is scored with it, and another announcement replaces it. At EffectiveAt it
// comes into force. The next announcement then moves it to Before. So at most one model is announced, and the model in Before has
// always been in force. The first model is in force from the beginning, whatever its instant.
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

// Announced reports whether the model activated last is announced and not yet in force.
func (m InForce) Announced(at event.Instant) bool { return m.Before != nil && at < m.EffectiveAt }

// activate returns the content of tm:model after the activation of a model. now is the time of the activation. activate is
// idempotent: a second activation of the same model changes nothing.
func (m InForce) activate(next StoredModel, now event.Instant) InForce {
	if m.Hash == "" {
		return InForce{StoredModel: next}
	}
	current := m.At(now)
	if next.Hash != current.Hash {
		return InForce{next, &current}
	}
	if current.EffectiveAt <= now && next.EffectiveAt > now {
		next.EffectiveAt = current.EffectiveAt // the model is in force already, and its scores stand
	}
	if m.Announced(now) {
		return InForce{StoredModel: next} // the announcement is withdrawn; it had replaced the model before this one
	}
	return InForce{next, m.Before}
}
