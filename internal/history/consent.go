package history

import (
	"cmp"
	"iter"
	"slices"
	"strings"

	"tidemark/internal/event"
)

const maxConsents = 16

// consent is the last word on one channel. The empty channel stands for all channels.
type consent struct {
	channel string
	at      event.Instant
	event   uint64
	granted bool
}

// later reports whether c counts rather than d: the later word counts, among equals that of the greater event id, and a
// refusal where one event says both.
func (c *consent) later(d *consent) bool {
	return cmp.Or(cmp.Compare(c.at, d.at), cmp.Compare(c.event, d.event), cmp.Compare(bit(d.granted, 1), bit(c.granted, 1))) > 0
}

// attribute is what was last said under one key.
type attribute struct {
	key   uint8 // place in attributeKeys
	at    event.Instant
	event uint64
	value string
}

func (a *attribute) later(b *attribute) bool {
	return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.event, b.event), cmp.Compare(a.value, b.value)) > 0
}

// attributeKeys are the keys that are remembered. Their order is stored: only append.
var attributeKeys = [...]string{
	"industry", "size", "growth", "region", "credit_grade", "expert_class", "owner", "preferred_channel", "test_account", "brand_state",
}

// consentGranted are the names under which a CONSENT_CHANGED grants consent. Any other name withdraws it.
var consentGranted = [...]string{"granted", "given", "opt_in"}

func (s *Summary) consent(x *event.Interaction, f stamp) bool {
	c := consent{channel: x.Channel, at: f.at, event: f.event}
	if x.Kind == event.ConsentChanged {
		c.granted = slices.Contains(consentGranted[:], x.Name)
	}
	i, found := slices.BinarySearchFunc(s.consents, c.channel, func(d consent, channel string) int { return cmp.Compare(d.channel, channel) })
	switch {
	case found && !c.later(&s.consents[i]):
		return false
	case found:
		s.consents = slices.Clone(s.consents)
		s.consents[i].at, s.consents[i].event, s.consents[i].granted = c.at, c.event, c.granted
	case len(s.consents) >= maxConsents:
		s.spilled++
		return false
	default:
		c.channel = strings.Clone(c.channel)
		s.consents = insert(s.consents, i, c)
	}
	return true
}

func (s *Summary) describe(x *event.Interaction, f stamp) bool {
	changed := false
	for key, name := range attributeKeys {
		value, given := x.Attributes[name]
		if !given {
			continue
		}
		a := attribute{uint8(key), f.at, f.event, strings.Clone(value)}
		i, found := slices.BinarySearchFunc(s.attributes, a.key, func(b attribute, key uint8) int { return cmp.Compare(b.key, key) })
		switch {
		case found && !a.later(&s.attributes[i]):
			continue
		case found:
			s.attributes = slices.Clone(s.attributes)
			s.attributes[i] = a
		default:
			s.attributes = insert(s.attributes, i, a)
		}
		changed = true
	}
	return changed
}

// Attribute returns the last value of an attribute. Its key is one of those of the ATTRIBUTES event: industry, size, growth,
// region, credit_grade, expert_class, owner, preferred_channel, test_account, brand_state. It is empty where no event gave a value, and
// for other keys.
func (s *Summary) Attribute(key string) string {
	value, _ := s.AttributeWord(key)
	return value
}

// Attributes yields the keys and the last values of the attributes that events gave.
func (s *Summary) Attributes() iter.Seq2[string, string] {
	return func(yield func(key, value string) bool) {
		for i := range s.attributes {
			if a := &s.attributes[i]; !yield(attributeKeys[a.key], a.value) {
				return
			}
		}
	}
}

// AttributeWord returns the last value of an attribute as Attribute does, and the instant of the event that gave the value. The instant is
// zero where no event gave a value.
func (s *Summary) AttributeWord(key string) (value string, at event.Instant) {
	for i := range s.attributes {
		if a := &s.attributes[i]; attributeKeys[a.key] == key {
			return a.value, a.at
		}
	}
	return "", 0
}

// MayContact reports whether the last word on a channel allows contact. A word on all channels counts too. Without any word
// contact is allowed.
func (s *Summary) MayContact(channel string) bool {
	var last *consent
	for i := range s.consents {
		c := &s.consents[i]
		if (c.channel == channel || c.channel == "") && (last == nil || c.later(last)) {
			last = c
		}
	}
	return last == nil || last.granted
}

// ContactableChannels returns, in alphabetical order, the channels that the customer has used and that MayContact allows.
func (s *Summary) ContactableChannels() []string {
	return slices.DeleteFunc(s.Channels(), func(name string) bool { return !s.MayContact(name) })
}

// ConsentedChannels returns, in alphabetical order, the channels of which the last word grants contact: among those that the customer has used,
// and those that a word names. A word on all channels counts too. It is nil where no word has been said, and empty where none grants.
func (s *Summary) ConsentedChannels() []string {
	if len(s.consents) == 0 {
		return nil
	}
	names := s.Channels()
	for i := range s.consents {
		names = append(names, s.consents[i].channel)
	}
	slices.Sort(names)
	return slices.DeleteFunc(slices.Compact(names), func(name string) bool { return name == "" || !s.saysYes(name) })
}

// saysYes reports whether there is a word on a channel, and the last one grants contact.
func (s *Summary) saysYes(channel string) bool {
	said := slices.ContainsFunc(s.consents, func(c consent) bool { return c.channel == channel || c.channel == "" })
	return said && s.MayContact(channel)
}

// Uncontactable reports whether something is known of how the customer may be met, and no channel is left: ContactableChannels is empty,
// and the customer has used a channel or has refused all of them.
func (s *Summary) Uncontactable() bool {
	if len(s.consents) == 0 {
		return false
	}
	for i := range s.channels {
		if s.MayContact(s.channels[i].name) {
			return false
		}
	}
	return len(s.channels) > 0 || !s.MayContact("")
}
