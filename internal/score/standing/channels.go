package standing

import (
	"math"

	"tidemark/internal/history"
)

// ChannelShares are the shares of the orders of 365 days that name a channel, in the order of the channels.
func ChannelShares(m *history.More) []float64 {
	total := 0
	for i := range m.Channels {
		total += m.Channels[i].Orders
	}
	shares := make([]float64, len(m.Channels))
	for i := range m.Channels {
		shares[i] = float64(m.Channels[i].Orders) / float64(total)
	}
	return shares
}

// AssistedShare is the share of the orders of 89 days that an interaction on another channel preceded on the day of the order or the day before. It is
// false without an order that names a channel.
func AssistedShare(m *history.More) (float64, bool) {
	assisted, seen := 0, 0
	for i := range m.Channels {
		assisted, seen = assisted+m.Channels[i].Assisted, seen+m.Channels[i].Seen
	}
	return share(float64(assisted), float64(seen))
}

// Omnichannel reports whether two channels have each so large a share of the orders. known is false without an order that names a channel.
func (p *Params) Omnichannel(m *history.More) (omni, known bool) {
	n := 0
	for _, s := range ChannelShares(m) {
		if micro(s) >= p.OmniShare {
			n++
		}
	}
	return n >= 2, len(m.Channels) > 0
}

// Regularity is 1 / (1 + the coefficient of variation of the gaps of 365 days), in (0, 1]: 1 is a clock, a half is chance. It is false with fewer
// than two gaps.
func Regularity(m *history.More) (float64, bool) {
	if m.Gaps < 2 || math.IsNaN(m.GapCV) {
		return 0, false
	}
	return 1 / (1 + m.GapCV), true
}
