package history_test

import (
	"slices"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/history"
)

func consent(day event.Day, id, channel, name string) observed {
	kind := event.ConsentChanged
	if name == "" {
		kind = event.Unsubscribe
	}
	at := event.Calendar{}.Start(base + day)
	return observed{x: &event.Interaction{Head: event.Head{ID: id, OccurredAt: at, RecordedAt: at}, Kind: kind, Channel: channel, Name: name}}
}

func TestTheLastWordOnAChannelCounts(t *testing.T) {
	used := []observed{consent(0, "a", "email", "granted"), consent(0, "b", "app", "granted")}
	for _, row := range []struct {
		name string
		said []observed
		want []string
	}{
		{"nobody objected", nil, []string{"app", "email"}},
		{"off the list of one channel", []observed{consent(2, "c", "email", "")}, []string{"app"}},
		{"off, and on again", []observed{consent(2, "c", "email", ""), consent(3, "d", "email", "opt_in")}, []string{"app", "email"}},
		{"on again, but that was before", []observed{consent(3, "c", "email", ""), consent(2, "d", "email", "granted")}, []string{"app"}},
		{"off all channels", []observed{consent(2, "c", "", "")}, nil},
		{"off all channels, then on one", []observed{consent(2, "c", "", ""), consent(3, "d", "app", "granted")}, []string{"app"}},
		{"a change that does not say granted withdraws", []observed{consent(2, "c", "app", "no idea")}, []string{"email"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			s, _ := remember(slices.Concat(used, row.said))
			if got := s.ContactableChannels(); !slices.Equal(got, row.want) {
				t.Errorf("contactable by %q, want %q", got, row.want)
			}
			if got := s.ConsentedChannels(); !slices.Equal(got, row.want) || got == nil {
				t.Errorf("consent to %q, want %q", got, row.want)
			}
			if s.MayContact("fax") != s.MayContact("carrier pigeon") {
				t.Error("two channels of which nothing was said differ")
			}
		})
	}
}

// Who has bought somewhere, or opened a mail, has not said a word on contact.
func TestConsentIsSaid(t *testing.T) {
	bought := func(day event.Day, order, channel string) observed {
		o := of(int(day), order, 100)
		o.x.(*event.Purchase).Channel = channel
		return o
	}
	orders := []observed{bought(-400, "o4", "phone"), bought(0, "o1", "web"), bought(1, "o2", "store"), bought(2, "o3", "store"), bought(3, "o5", "")}
	for _, row := range []struct {
		name string
		said []observed
		want []string
		null bool
	}{
		{"no word", nil, nil, true},
		{"a word on a channel that was never used", []observed{consent(4, "a", "email", "granted")}, []string{"email"}, false},
		{"a word on all channels", []observed{consent(4, "a", "", "given")}, []string{"phone", "store", "web"}, false},
		{"nothing but a refusal", []observed{consent(4, "a", "email", "")}, nil, false},
		{"all but one", []observed{consent(4, "a", "", "given"), consent(5, "b", "phone", "refused")}, []string{"store", "web"}, false},
	} {
		s, _ := remember(slices.Concat(orders, row.said))
		if got := s.ConsentedChannels(); !slices.Equal(got, row.want) || (got == nil) != row.null {
			t.Errorf("%s: consent to %q, want %q, null %t", row.name, got, row.want, row.null)
		}
		if got := s.OrderChannels(event.Calendar{}.Start(base+6), event.Calendar{}); !slices.Equal(got, []string{"store", "web"}) {
			t.Errorf("%s: orders by %q, want those of the last year, the most used first", row.name, got)
		}
	}
}

func TestTheLastAttributeCounts(t *testing.T) {
	describe := func(day event.Day, id string, attributes map[string]string) observed {
		at := event.Calendar{}.Start(base + day)
		return observed{x: &event.Interaction{Head: event.Head{ID: id, OccurredAt: at, RecordedAt: at}, Kind: event.Attributes, Attributes: attributes}}
	}
	s, _ := remember([]observed{
		describe(5, "b", map[string]string{"region": "north", "hobby": "chess"}),
		describe(3, "a", map[string]string{"region": "south", "owner": "kim"}),
		describe(6, "c", map[string]string{"owner": ""}),
	})
	for key, want := range map[string]string{"region": "north", "owner": "", "hobby": "", "industry": ""} {
		if got := s.Attribute(key); got != want {
			t.Errorf("%s is %q, want %q", key, got, want)
		}
	}
}

func TestChannelsAreCountedOverLife(t *testing.T) {
	s, _ := remember(parse(t, "0 LOGIN web; 3 LOGIN web; 9 LOGIN app; 10 LOGIN web"))
	for name, want := range map[string]int64{"web": 3, "app": 1, "fax": 0} {
		if got := s.ChannelTouches(name); got != want {
			t.Errorf("%d touches over %s, want %d", got, name, want)
		}
	}
	var none history.Summary
	if got := none.Channels(); len(got) != 0 {
		t.Errorf("nobody's channels are %q", got)
	}
}

func TestPreferredChannelHasMostOrders(t *testing.T) {
	var s history.Summary
	var c event.Calendar
	for _, o := range []struct {
		day     event.Day
		channel string
	}{{0, "web"}, {10, "web"}, {20, "app"}, {30, ""}, {31, ""}, {32, ""}, {100, "shop"}} {
		at := c.Start(base + o.day)
		s, _ = s.Observe(&event.Purchase{
			Head: event.Head{ID: at.String(), OccurredAt: at}, Kind: event.Order, OrderID: at.String(), Channel: o.channel,
		}, history.Amounts{Amount: 1}, c)
	}
	for _, row := range []struct {
		name string
		day  event.Day
		want string
	}{
		{"two over the web", 100, "web"},
		{"one over each: the alphabet decides", 365, "app"},
		{"the web has left", 375, "app"},
		{"only the shop is left", 385, "shop"},
		{"nothing is left", 465, ""},
	} {
		if got := s.Facts(c.Start(base+row.day), c).PreferredChannel; got != row.want {
			t.Errorf("%s: got %q, want %q", row.name, got, row.want)
		}
	}
}
