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
	// A value is longer than proto-max-bulk-len, or a call has more values than the server takes.
	{"ERR Protocol error: invalid bulk", "too_large"},
	{"ERR Protocol error: invalid multibulk", "too_large"},
	{"ERR string exceeds maximum allowed size", "too_large"},
}

// ErrorClass returns the kind of a Store's error, as a metric label: conflict, oom, readonly, noreplicas, loading, misconf,
// clusterdown, tryagain, damaged, too_large, refused, authentication, authorization, timeout, canceled, network or other. It is empty for
// nil.
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
	case errors.Is(err, ErrTooLarge):
		return "too_large"
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
	if _, ok := errors.AsType[*shard.RefusedError](err); ok {
		return "refused"
	}
	return "other"
}

// shardError says what was being done to which shard. Where the answer shows that the keys of the shard do not hold what they must, the
// error wraps a *shard.DamagedError; where the call is too large for the server, a *shard.RefusedError.
func shardError(doing string, n int, err error) error {
	class := ""
	if reply := goredis.Error(nil); errors.As(err, &reply) {
		class = replyClass(reply.Error())
	}
	switch {
	case class == "damaged" && strings.Contains(err.Error(), "DAMAGED tombstones"):
		return fmt.Errorf("%s: %w", doing, &shard.DamagedError{Shard: n, Err: fmt.Errorf("%w: %w", shard.ErrTombstones, err)})
	case errors.Is(err, errDamaged), class == "damaged":
		return fmt.Errorf("%s: %w", doing, &shard.DamagedError{Shard: n, Err: err})
	case class == "too_large":
		return refusal(doing, n, fmt.Errorf("%w (the server: proto-max-bulk-len)", err))
	}
	return fmt.Errorf("%s shard %d: %w", doing, n, err)
}

// refusal is the error of a call that the shard will never take.
func refusal(doing string, n int, err error) error {
	return fmt.Errorf("%s: %w", doing, &shard.RefusedError{Shard: n, Err: err})
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
