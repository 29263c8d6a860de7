package pipeline

import "context"

// clearingsAtMost bounds how often a lane that drains tries again to empty its outboxes. A try fails where another commit comes first.
const clearingsAtMost = 5

// clearOutboxes empties the outboxes of own shards to which somebody else has committed during the last checkpoint. Mostly that is a lane
// that has applied an event from the wrong partition. Such a lane does not own the shard: it appends outputs, and neither publishes nor
// removes anything. If the lane that drains left these outboxes to the next owner, and no other member came, the entries would wait for
// ever.
//
// A try reads the heads of these shards again, publishes what is new, projects its customers, and trims. A successor ends the generation,
// and so ctx. Should the successor have claimed a shard before ctx ends, the trim costs the successor one conflict: what the trim removes
// is published and projected.
//
// After the last try the rest stays for the next owner: it is published, and each failure is counted as a conflict.
func (s *session) clearOutboxes(ctx context.Context) error {
	for range clearingsAtMost {
		var works []*work
		for _, st := range s.states.own {
			if !st.loaded || len(st.outbox.ids) > 0 {
				works = append(works, &work{state: st})
			}
		}
		if len(works) == 0 {
			return nil
		}
		if err := s.states.load(ctx, works); err != nil {
			return err
		}
		if err := s.display.showAll(ctx, s.applied); err != nil {
			return err
		}
		if err := s.trim(ctx, true); err != nil {
			return err
		}
		s.pulse.beat()
	}
	return nil
}
