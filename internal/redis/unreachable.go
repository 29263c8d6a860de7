package redis

import (
	"context"
	"errors"
	"net"
	"slices"
	"strings"

	goredis "github.com/redis/go-redis/v9"

	"tidemark/internal/reach"
)

// unreachable is a hook of the client: it names the server in errors of connections and logins, as a *reach.Error.
type unreachable struct{ server reach.Error }

func (u *unreachable) wrap(err error) error {
	symptom, ok := symptomOf(err)
	if already := (*reach.Error)(nil); !ok || errors.As(err, &already) {
		return err
	}
	named := u.server
	named.Symptom, named.Err = symptom, err
	return &named
}

// refusals are the replies of a server that is there but cannot be used as it was asked, by how they begin.
var refusals = []struct {
	begins  string
	symptom reach.Symptom
}{
	{"NOAUTH", reach.LoginMissing},
	{"ERR Protocol error: unauthenticated", reach.LoginMissing}, // to a pipeline
	{"WRONGPASS", reach.LoginRefused},
	{"ERR invalid password", reach.LoginRefused},
	{"ERR AUTH", reach.LoginUnknown},
	{"ERR Client sent AUTH", reach.LoginUnknown},
	{"NOPERM", reach.Forbidden},
	{"ERR unknown command", reach.UnknownCommand},
	{"MOVED", reach.ClusterNode},
	{"ERR SELECT is not allowed in cluster mode", reach.ClusterNode},
	{"ERR This instance has cluster support disabled", reach.NoCluster},
	{"ERR DB index is out of range", reach.NoDatabase},
	{"DENIED", reach.Protected},
	{"ERR max number of clients", reach.Full},
	{"LOADING", reach.Starting},
	{"CLUSTERDOWN", reach.Broken},
	{"MASTERDOWN", reach.Broken},
}

func symptomOf(err error) (reach.Symptom, bool) {
	var reply goredis.Error
	switch {
	case err == nil, errors.Is(err, goredis.Nil):
		return reach.Unreached, false
	case errors.As(err, &reply):
		for _, r := range refusals {
			if strings.HasPrefix(reply.Error(), r.begins) {
				return r.symptom, true
			}
		}
		return reach.Unreached, false
	case errors.Is(err, goredis.ErrPoolTimeout):
		return reach.TimedOut, true
	case strings.HasPrefix(err.Error(), "redis: invalid reply"), strings.HasPrefix(err.Error(), "redis: can't parse"): // no sentinel says so
		return reach.OtherProtocol, true
	}
	return reach.Of(err)
}

// DialHook does nothing: the command that needs the connection names the server.
func (u *unreachable) DialHook(next goredis.DialHook) goredis.DialHook {
	return func(ctx context.Context, network, addr string) (net.Conn, error) { return next(ctx, network, addr) }
}

// ProcessHook names the server in the error of a command.
func (u *unreachable) ProcessHook(next goredis.ProcessHook) goredis.ProcessHook {
	return func(ctx context.Context, command goredis.Cmder) error {
		return u.name(command, next(ctx, command))
	}
}

// ProcessPipelineHook names the server in the errors of a pipeline.
func (u *unreachable) ProcessPipelineHook(next goredis.ProcessPipelineHook) goredis.ProcessPipelineHook {
	return func(ctx context.Context, commands []goredis.Cmder) error {
		err := u.wrap(next(ctx, commands))
		// If the login of a new connection fails, the library returns the error without setting it in any command.
		silent := err != nil && !slices.ContainsFunc(commands, func(c goredis.Cmder) bool { return c.Err() != nil })
		for _, c := range commands {
			if silent {
				c.SetErr(err)
			}
			_ = u.name(c, c.Err())
		}
		return err
	}
}

// name names the server in the error of a command, and returns the error.
func (u *unreachable) name(command goredis.Cmder, err error) error {
	named := u.wrap(err)
	if named != err { //nolint:errorlint // whether it was wrapped
		command.SetErr(named)
	}
	return named
}
