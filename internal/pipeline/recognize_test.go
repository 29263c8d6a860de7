package pipeline

import (
	"testing"
	"testing/synctest"
	"time"

	"tidemark/internal/shard"
)

// TestFirstRecordComesLate: the log is empty when it is first seen. A checkpoint remembers its first record.
func TestFirstRecordComesLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t)
		lane := s.start(0, nil)
		lane.rest(t)
		if len(s.store.origins) != 0 {
			t.Errorf("remembered of empty logs: want nothing, got %v", s.store.origins)
		}
		s.buy("1", "2", "3")
		pass(3 * time.Second)
		lane.stop() // without a last checkpoint
		lane.wait()
		if got, want := s.store.origins[s.p], shard.OriginOf(s.logs.records[s.p][0]); got != want || len(s.store.origins) != 1 {
			t.Errorf("remembered: want %v alone, got %v", want, s.store.origins)
		}
	})
}

// TestDamagedShardOfARecreatedTopic: a shard is damaged while its topic is deleted and created again. It is rebuilt from the new log.
func TestDamagedShardOfARecreatedTopic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t)
		s.buy("1", "2")
		finish(t, s.start(0, nil))
		s.store.LoseProfile(t, s.layout.Of("c01"), "c01")
		s.logs.recreate(s.p)
		s.buy("a", "b", "c")
		s.adjust = func(c *Config) { c.OnDataLoss = ContinueFromFirst }
		finish(t, s.start(0, nil))
		if s.noticed(Rebuild) == 0 {
			t.Error("notices of a rebuild: want one, got none")
		}
		s.holds("a", "b", "c")
	})
}

// TestAllGoneAndTheLogTheSame: the store has lost every shard, and still remembers the first records. Everything is read again.
func TestAllGoneAndTheLogTheSame(t *testing.T) {
	for _, forgotten := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			s := newShop(t)
			s.buy("1", "2")
			finish(t, s.start(0, nil))
			for n := range s.store.shards {
				s.store.LoseShard(t, n)
			}
			if forgotten {
				clear(s.store.origins)
			}
			finish(t, s.start(0, nil))
			if s.noticed(AllGone) == 0 || s.noticed(DataLoss) != 0 {
				t.Errorf("origins forgotten: %t: want a notice that all state is gone, and none of a data loss", forgotten)
			}
			s.holds("1", "2")
		})
	}
}

// TestLostOriginIsWrittenAgain: what a person has deleted, or a failover has dropped, is there again after a checkpoint.
func TestLostOriginIsWrittenAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t)
		s.buy("1")
		lane := s.start(0, nil)
		lane.rest(t)
		forget := map[shard.Partition]shard.Origin{s.p: {}}
		if err := s.store.Remember(t.Context(), forget); err != nil {
			t.Fatal(err)
		}
		pass(2 * time.Second)
		lane.stop() // without a last checkpoint
		lane.wait()
		if got, want := s.store.origins[s.p], shard.OriginOf(s.logs.records[s.p][0]); got != want {
			t.Errorf("two seconds after it was lost: want %v, got %v", want, got)
		}
	})
}
