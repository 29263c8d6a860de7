package pipeline

import (
	"tidemark/internal/score"
	"tidemark/internal/shard"
)

// places says where a customer stands in the lists of the shard. It depends on the profile that the same commit writes, and on nothing else:
// whatever is retried, lost or taken over, a list that is kept equals a recount over the profiles. there says that the shard may hold the
// customer already.
func (s *session) places(p *score.Profile, there bool) (worklist, value shard.Place) {
	if p.Unknown() { // erased: no list may keep the id, whether it is kept or not
		return shard.Place{Unlisted: there}, shard.Place{Unlisted: there}
	}
	if !s.cfg.Worklist && !s.cfg.ValueList {
		return worklist, value
	}
	l := s.engine.Listing(p)
	if s.cfg.Worklist {
		worklist = placed(l.Open, l.Priority, there)
	}
	if s.cfg.ValueList {
		value = placed(l.Buyer, l.Value, there)
	}
	return worklist, value
}

func placed(listed bool, rank int64, there bool) shard.Place {
	if listed {
		return shard.Place{Listed: true, Rank: rank}
	}
	return shard.Place{Unlisted: there}
}
