package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/internal/event"
	"tidemark/internal/pipeline"
	"tidemark/internal/redis"
	"tidemark/internal/score"
	"tidemark/internal/service/servicetest"
	"tidemark/internal/shard"
	"tidemark/schemas"
)

// customerShard returns the prefix of the keys of the shard of a customer, among those of the default layout.
func customerShard(customer string) string {
	return fmt.Sprintf("tm:{%02d}:", shard.Murmur2.Of(customer, shard.DefaultShards(1)))
}

// sealed puts a checksum under the body of a profile.
func sealed(body []byte) []byte {
	return binary.LittleEndian.AppendUint32(body, crc32.Checksum(body, crc32.MakeTable(crc32.Castagnoli)))
}

// TestDoctorAfterAnUpgrade: doctor names the data that this version cannot go on from, or not in full, and what to do.
func TestDoctorAfterAnUpgrade(t *testing.T) {
	s := loaded(t)
	ctx := t.Context()
	doctor := func() answer { return tidemark(t, append([]string{"doctor"}, s.flags()...)...) }
	doctor().says(t, 0, "ok    formats ", "ok    models of shards ", "ok    census ", "ok    profiles  ", "3 were looked at", "ok    facts beyond the caps ", "none, in 3 profiles", "ok    ids that many share ", "none found", "ok    dead letters ", "none in ", "all is well")

	at := customerShard("ann")
	stored, err := s.Data.HGet(ctx, at+"profiles", "ann").Bytes()
	if err != nil {
		t.Fatal(err)
	}
	body := stored[:len(stored)-4]
	profile := func(b []byte) func() { return func() { s.Data.HSet(ctx, at+"profiles", "ann", b) } }
	field := func(key, name string, value any) func() { return func() { s.Data.HSet(ctx, key, name, value) } }
	// The history is the first section: version, tag, length, format. Both numbers fit into a byte each, or the length into two.
	format := bytes.IndexByte(body[2:], byte(score.TodaysEncoding.History)) + 2
	for _, row := range []struct {
		why        string
		spoil      func()
		mend       func()
		code       int
		want       []string
		notReached string
	}{
		{
			"a head of a newer version", field(at+"meta", "format", redis.Format+1), field(at+"meta", "format", redis.Format), 1,
			[]string{"FAIL  formats ", fmt.Sprintf("format %d in shard ", redis.Format+1), "-> upgrade this program", "tidemark rebuild"},
			"census",
		},
		{
			"a layout of a newer version", field("tm:meta", "format", redis.Format+1), field("tm:meta", "format", redis.Format), 1,
			[]string{"FAIL  formats ", fmt.Sprintf("tm:meta has format \"%d\"", redis.Format+1), "-> upgrade this program"},
			"census",
		},
		{
			"a layout of an older version", field("tm:meta", "format", redis.Format-1), field("tm:meta", "format", redis.Format), 1,
			[]string{"FAIL  formats ", "-> `tidemark rebuild`"},
			"census",
		},
		{
			"a model that nobody knows", field(at+"meta", "model", "deadbeef"), field(at+"meta", "model", hashInForce(t, s)), 1,
			[]string{"FAIL  models of shards ", "model deadbeef in shard ", "tidemark run", "tidemark rebuild"},
			"",
		},
		{
			"a census without what this version counts", func() { s.Data.HDel(ctx, at+"census", "level:NONE") }, field(at+"census", "level:NONE", 1), 1,
			[]string{"FAIL  census ", "level counts 0 of 1 customers", "-> `tidemark rebuild`"},
			"",
		},
		{
			"a profile of a newer version", profile(sealed(append([]byte{body[0] + 1}, body[1:]...))), profile(stored), 1,
			[]string{"FAIL  profiles ", "1 of 3 that were looked at have an encoding that this program does not know", "-> upgrade"},
			"",
		},
		{
			"a profile with a history of an older version", profile(sealed(with(body, format, byte(score.TodaysEncoding.History-1)))), profile(stored), 0,
			[]string{"ok    profiles ", fmt.Sprintf("1 of 3 that were looked at have a history of format %d", score.TodaysEncoding.History-1), "-> `tidemark rebuild`", "all is well"},
			"",
		},
		{
			"a profile with a section of a newer version", profile(sealed(append(bytes.Clone(body), 99, 1, 7))), profile(stored), 0,
			[]string{"ok    profiles ", "hold sections of a newer version"},
			"",
		},
		{
			"an id that many customers share", // section 13 says so
			func() {
				p, err := score.Decode(stored)
				if err != nil {
					t.Fatal(err)
				}
				p.Shop = true
				profile(p.Append(nil))()
				field(at+"census", "shops", 1)()
			},
			func() {
				profile(stored)()
				s.Data.HDel(ctx, at+"census", "shops")
			}, 0,
			[]string{"ok    ids that many share ", "1 behave like a shop", `"ann" with 1 orders on 1 days`, "-> send these orders", "all is well"},
			"",
		},
		{
			"a profile that has changed", profile(with(stored, 9, stored[9]+1)), profile(stored), 1,
			[]string{"FAIL  profiles ", "1 of 3 that were looked at are damaged"},
			"",
		},
	} {
		t.Run(row.why, func(t *testing.T) {
			row.spoil()
			got := doctor()
			row.mend()
			got.says(t, row.code, row.want...)
			if row.notReached != "" && strings.Contains(got.out, row.notReached) {
				t.Errorf("want nothing said about %s, which may mean something else there:\n%s", row.notReached, got.out)
			}
		})
	}
	s.Produce(t, &kgo.Record{Topic: schemas.DeadLetters, Headers: []kgo.RecordHeader{
		{Key: pipeline.LetterTopic, Value: []byte(event.Purchases)}, {Key: pipeline.LetterReason, Value: []byte(event.TooLate)},
	}})
	doctor().says(t, 0, "ok    dead letters ", "of the newest 1 of 1 in", "ok    events too late ", "customer.purchases.v1 1", "-> when the lag is 0, `tidemark rebuild`", "all is well")
}

// with returns bytes with another byte in one place.
func with(b []byte, place int, value byte) []byte {
	b = bytes.Clone(b)
	b[place] = value
	return b
}

// hashInForce returns the hash of the model in force.
func hashInForce(t *testing.T, s *servers) string {
	t.Helper()
	hash, err := s.Data.HGet(t.Context(), "tm:model", "hash").Result()
	if err != nil {
		t.Fatal(err)
	}
	return hash
}

// TestAnOlderVersionRefuses: a process that meets data of a newer version ends, and says what to do. It changes nothing, whether it meets
// the data at its start or while it runs.
func TestAnOlderVersionRefuses(t *testing.T) {
	newer := fmt.Sprintf("format %d, this program knows %d", redis.Format+1, redis.Format)
	refused := func(t *testing.T, p *process) {
		t.Helper()
		if got := p.code(t, servicetest.Longest); got != 1 {
			t.Errorf("exit code %d, want 1", got)
		}
		for _, word := range []string{newer, "upgrade this instance", "tidemark rebuild"} {
			if !strings.Contains(p.said(), word) {
				t.Errorf("want it to say %q, it said\n%s", word, p.said())
			}
		}
	}
	start := func(t *testing.T, s *servers) *process {
		return start(t, "the older version", append([]string{"run", "--admin", ""}, s.flags()...)...)
	}
	for _, row := range []struct{ why, key string }{
		{"the layout", "tm:meta"}, {"a head", customerShard("ann") + "meta"},
	} {
		t.Run(row.why, func(t *testing.T) {
			s := loaded(t)
			s.Data.HSet(t.Context(), row.key, "format", redis.Format+1)
			before := s.State(t)
			refused(t, start(t, s))
			if after := s.State(t)[row.key]; after != before[row.key] {
				t.Errorf("%s has changed: got %s, want %s", row.key, after, before[row.key])
			}
		})
	}
	t.Run("a head, while it runs", func(t *testing.T) {
		s := loaded(t)
		p := start(t, s)
		servicetest.Eventually(t, servicetest.Longest, "it has its partitions", func() bool { return len(p.share()) == 2 })
		key := customerShard("ann") + "meta"
		s.Data.HSet(t.Context(), key, "format", redis.Format+1, "token", "of the newer version")
		refused(t, p)
		if got, err := s.Data.HGet(t.Context(), key, "token").Result(); err != nil || got != "of the newer version" {
			t.Errorf("the token is %q, %v: want that of the newer version", got, err)
		}
	})
}
