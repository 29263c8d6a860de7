package score

import "tidemark/internal/history"

// contactable returns the channels on which a customer may be met. It is nil where nothing is known: the customer has used no channel and
// has not said a word on contact. An empty list says that the customer may be met nowhere. Under a model that asks for consent these are the
// channels of which the last word grants it, and nil says that there was no word; else all that the customer has used and not refused.
func (e *Engine) contactable(h *history.Summary) []string {
	if e.model.ByConsent {
		return h.ConsentedChannels()
	}
	if len(h.Channels()) == 0 && h.MayContact("") {
		return nil
	}
	return h.ContactableChannels()
}
