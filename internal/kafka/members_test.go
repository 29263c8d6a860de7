package kafka

import "testing"

func TestMembersOwnTheirPartitions(t *testing.T) {
	eachBroker(t, func(t *testing.T, b broker) {
		b.withTopics(t, 3)
		config := b.config()
		if m, err := open(t, config).Members(bounded(t)); err != nil || m.Members != 0 || len(m.Owned) != 0 || m.Stable() {
			t.Errorf("before anybody joins: got %+v and error %v, want no members", m, err)
		}
		join(t, config, idle).owning(t, 3)
		m, err := open(t, config).Members(bounded(t))
		if err != nil || m.Members != 1 || !m.Stable() {
			t.Errorf("with a member: got %+v and error %v, want it stable with 1", m, err)
		}
		for _, p := range inputPartitions(3) {
			if !m.Owned[p] {
				t.Errorf("%s: want it owned, got %v", p, m.Owned)
			}
		}
	})
}
