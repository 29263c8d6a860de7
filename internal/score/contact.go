package score

import "tidemark/internal/history"

// contactable returns the channels on which a customer may be met. It is nil where nothing is known: the customer has used no channel and
// has not said a word on contact. An empty list says that the customer may be met nowhere.
func contactable(h *history.Summary) []string {
	if len(h.Channels()) == 0 && h.MayContact("") {
		return nil
	}
	return h.ContactableChannels()
}
