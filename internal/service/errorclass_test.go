package service

import (
	"errors"
	"fmt"
	"testing"

	kafkago "github.com/segmentio/kafka-go"

	"tidemark/internal/shard"
)

// TestErrorClass: an error has the class that its own server's package gives it, whichever package is asked first.
func TestErrorClass(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{kafkago.MessageSizeTooLarge, "message_too_large"},
		{kafkago.NotEnoughReplicas, "retriable"},
		{kafkago.TopicAuthorizationFailed, "authorization"},
		{kafkago.RebalanceInProgress, "rebalance"},
		{shard.ErrConflict, "conflict"},
		{&shard.DamagedError{Shard: 3, Err: errors.New("gone")}, "damaged"},
		{redisReply("OOM command not allowed when used memory > 'maxmemory'."), "oom"},
		{redisReply("LOADING Redis is loading the dataset in memory"), "loading"},
		{errors.New("of neither"), "other"},
	} {
		if got := errorClass(fmt.Errorf("doing this: %w", c.err)); got != c.want {
			t.Errorf("%v: want %q, got %q", c.err, c.want, got)
		}
	}
}

// redisReply is an error reply of Redis, as its client returns it.
type redisReply string

func (r redisReply) Error() string { return string(r) }

// RedisError marks replies.
func (redisReply) RedisError() {}
