package redis

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	goredis "github.com/redis/go-redis/v9"

	"tidemark/internal/shard"
)

// replyClasses are the codes with which error replies of a server begin, and the metric label of each.
var replyClasses = []struct{ code, class string }{
	{"OOM", "oom"},
	{"READONLY", "readonly"},
	{"NOREPLICAS", "noreplicas"},
	{"LOADING", "loading"},
	{"MISCONF", "misconf"},
	{"CLUSTERDOWN", "clusterdown"},
	{"MASTERDOWN", "clusterdown"},
	{"TRYAGAIN", "tryagain"},
	{"DAMAGED", "damaged"},
	{"WRONGTYPE", "damaged"},
	{"NOAUTH", "authentication"},
	{"WRONGPASS", "authentication"},
	{"NOPERM", "authorization"},
}

// ErrorClass returns the kind of a Store's error, as a metric label: conflict, oom, readonly, noreplicas, loading, misconf,
// clusterdown, tryagain, damaged, authentication, authorization, timeout, canceled, network or other. It is empty for nil.
func ErrorClass(err error) string {
	var reply goredis.Error
	var network net.Error
	var damaged *shard.DamagedError
	switch {
	case err == nil:
		return ""
	case errors.Is(err, shard.ErrConflict):
		return "conflict"
	case errors.As(err, &damaged):
		return "damaged"
	case errors.As(err, &reply):
		return replyClass(reply.Error())
	case errors.Is(err, context.Canceled):
		return "canceled"
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, goredis.ErrPoolTimeout), errors.As(err, &network) && network.Timeout():
		return "timeout"
	case errors.As(err, &network), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed),
		errors.Is(err, goredis.ErrClosed):
		return "network"
	}
	return "other"
}

// shardError says what was being done to which shard. Where the answer shows that the keys of the shard do not hold what they must, the error
// wraps a *shard.DamagedError.
func shardError(doing string, n int, err error) error {
	var reply goredis.Error
	if errors.Is(err, errDamaged) || errors.As(err, &reply) && replyClass(reply.Error()) == "damaged" {
		return fmt.Errorf("%s: %w", doing, &shard.DamagedError{Shard: n, Err: err})
	}
	return fmt.Errorf("%s shard %d: %w", doing, n, err)
}

// errDamaged marks stored values that this program cannot have written.
var errDamaged = errors.New("not as it was written")

// replyClass returns the class of an error reply. The code is at the beginning of the reply. A server before Redis 7 instead quotes
// the code in the error of a script: "ERR Error running script … -OOM command not allowed".
func replyClass(message string) string {
	for _, r := range replyClasses {
		if strings.HasPrefix(message, r.code+" ") || strings.Contains(message, " -"+r.code+" ") {
			return r.class
		}
	}
	return "other"
}
