package redis

import (
	"fmt"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

// batch returns a commit of n customers, whose profiles have 400 bytes each.
func batch(n int) shard.Commit {
	c := shard.Commit{Shard: 7, Marks: shard.Marks{{Topic: event.Purchases, Index: 7}: 1}, Census: map[string]int64{"customers": 1}}
	for i := range n {
		profile := make([]byte, 400)
		copy(profile, fmt.Sprint(i))
		c.Updates = append(c.Updates, shard.Update{Customer: fmt.Sprintf("customer-%06d", i), Profile: profile, Due: event.Instant(1_767_225_600_000 + i)})
	}
	return c
}

func perProfile(b *testing.B, n int) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/profile")
}

func BenchmarkCommit(b *testing.B) {
	for _, server := range backends() {
		for _, n := range []int{1, 8, 64, 500} {
			b.Run(fmt.Sprintf("%s/%d", server.name, n), func(b *testing.B) {
				s := newStore(b, server.open(b), testLayout)
				c := batch(n)
				for i := 0; b.Loop(); i++ {
					c.Read, c.Token = c.Token, shard.Token(fmt.Sprint(i))
					if err := s.Commit(b.Context(), []shard.Commit{c})[0]; err != nil {
						b.Fatal(err)
					}
				}
				perProfile(b, n)
			})
		}
	}
}

// BenchmarkCommitShards sends 16 shards of 32 customers in one pipeline, as a lane does.
func BenchmarkCommitShards(b *testing.B) {
	const shards, n = 16, 32
	for _, server := range backends() {
		b.Run(server.name, func(b *testing.B) {
			s := newStore(b, server.open(b), testLayout)
			commits := make([]shard.Commit, shards)
			for i := range commits {
				commits[i] = batch(n)
				commits[i].Shard = i
			}
			for i := 0; b.Loop(); i++ {
				for j := range commits {
					commits[j].Read, commits[j].Token = commits[j].Token, shard.Token(fmt.Sprint(i))
				}
				for _, err := range s.Commit(b.Context(), commits) {
					if err != nil {
						b.Fatal(err)
					}
				}
			}
			perProfile(b, shards*n)
		})
	}
}

func BenchmarkLoad(b *testing.B) {
	for _, server := range backends() {
		for _, n := range []int{8, 64, 500} {
			b.Run(fmt.Sprintf("%s/%d", server.name, n), func(b *testing.B) {
				s := newStore(b, server.open(b), testLayout)
				c := batch(n)
				c.Token = "one"
				if err := s.Commit(b.Context(), []shard.Commit{c})[0]; err != nil {
					b.Fatal(err)
				}
				q := shard.Query{Shard: c.Shard}
				for _, u := range c.Updates {
					q.Customers = append(q.Customers, u.Customer)
				}
				for b.Loop() {
					if _, err := s.Load(b.Context(), []shard.Query{q}); err != nil {
						b.Fatal(err)
					}
				}
				perProfile(b, n)
			})
		}
	}
}

func BenchmarkProject(b *testing.B) {
	const n = 500
	for _, server := range backends() {
		b.Run(server.name, func(b *testing.B) {
			s := newStore(b, server.open(b), testLayout)
			views := make([]shard.View, n)
			for i := range views {
				views[i] = shard.View{Customer: fmt.Sprintf("customer-%06d", i), Detail: make([]byte, 300)}
				for f := range 12 {
					views[i].Fields = append(views[i].Fields, shard.Field{Name: fmt.Sprintf("field_name_%02d", f), Value: "1234.56"})
				}
			}
			for b.Loop() {
				if err := s.Project(b.Context(), views); err != nil {
					b.Fatal(err)
				}
			}
			perProfile(b, n)
		})
	}
}
