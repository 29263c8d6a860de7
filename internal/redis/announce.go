package redis

import "tidemark/internal/event"

// InForce is the content of tm:model: the model activated last, the model before it, and the model before that one. Before is nil for the
// first model, Former for the first two.
//
//	            the announcement            EffectiveAt
//	──────────────────┼──────────────────────────┼────────────> time
//	             Before is in force              │ StoredModel is in force
//
// Until EffectiveAt the StoredModel is announced: nobody is scored with it, and another announcement replaces it. At EffectiveAt it
// comes into force. The next announcement then moves it to Before. So at most one model is announced, and the model in Before has
// always been in force. The first model is in force from the beginning, whatever its instant.
//
// Former is the model that Before replaced. It scores nobody, unless Before is in force: then customers are followed under Former, which
// may come back. Without it an announcement, and its withdrawal, would lose what the last switch was.
type InForce struct {
	StoredModel
	Before, Former *StoredModel
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

// Activated returns the content of tm:model after the activation of a model. now is the time of the activation. Activated is
// idempotent: a second activation of the same model changes nothing.
func (m InForce) Activated(next StoredModel, now event.Instant) InForce {
	if m.Hash == "" {
		return InForce{StoredModel: next}
	}
	current, replaced := m.At(now), m.Before
	if m.Announced(now) {
		replaced = m.Former
	}
	if next.Hash != current.Hash {
		return InForce{next, &current, replaced}
	}
	if current.EffectiveAt <= now && next.EffectiveAt > now {
		next.EffectiveAt = current.EffectiveAt // the model is in force already, and its scores stand
	}
	if m.Announced(now) {
		return InForce{next, replaced, nil} // the announcement is withdrawn
	}
	return InForce{next, m.Before, m.Former}
}
