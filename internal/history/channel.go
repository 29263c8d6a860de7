package history

import (
	"slices"
	"strings"
)

// maxChannels bounds the channels that are told apart. Further channels share one name, otherChannel.
const (
	maxChannels  = 16
	otherChannel = "other"
)

// channel is a channel that some event has named. Facts refer to a channel by its place plus one. In memory the channels
// stand in the order of their arrival; the encoding sorts them.
type channel struct {
	name string
	// touches counts the interactions older than 7 days.
	touches int64
}

// channel returns the reference to a channel, and whether it was new.
func (s *Summary) channel(name string) (ref uint8, learned bool) {
	if name == "" {
		return 0, false
	}
	for i := range s.channels {
		if s.channels[i].name == name {
			return uint8(i + 1), false
		}
	}
	if len(s.channels) >= maxChannels && name != otherChannel {
		s.spilled++
		return s.channel(otherChannel)
	}
	s.channels = insert(s.channels, len(s.channels), channel{name: strings.Clone(name)})
	return uint8(len(s.channels)), true
}

func (s *Summary) channelName(ref uint8) string {
	if ref == 0 {
		return ""
	}
	return s.channels[ref-1].name
}

// Channels returns the names of all channels that the customer has used, in alphabetical order.
func (s *Summary) Channels() []string {
	names := make([]string, len(s.channels))
	for i := range s.channels {
		names[i] = s.channels[i].name
	}
	slices.Sort(names)
	return names
}

// ChannelCount is the number of Channels.
func (s *Summary) ChannelCount() int { return len(s.channels) }

// ChannelTouches counts the interactions over a channel in the customer's whole life.
func (s *Summary) ChannelTouches(name string) int64 {
	for i := range s.channels {
		if s.channels[i].name != name {
			continue
		}
		count := s.channels[i].touches
		for j := range s.touches {
			if int(s.touches[j].channel) == i+1 {
				count++
			}
		}
		return count
	}
	return 0
}
