package redis

import (
	"context"
	"crypto/sha1"
	_ "embed"
	"encoding/hex"

	goredis "github.com/redis/go-redis/v9"
)

// script is a Lua script and its SHA-1 digest. EVALSHA runs a script by its digest, if the server has the script in its cache.
type script struct{ source, digest string }

func newScript(source string) script {
	sum := sha1.Sum([]byte(source))
	return script{source, hex.EncodeToString(sum[:])}
}

// headSource is a function that the scripts share which return a head.
//
//go:embed head.lua
var headSource string

//go:embed commit.lua
var commitSource string

//go:embed mark.lua
var markSource string

//go:embed load.lua
var loadSource string

//go:embed audit.lua
var auditSource string

//go:embed drop.lua
var dropSource string

//go:embed bury.lua
var burySource string

//go:embed open.lua
var openSource string

//go:embed activate.lua
var activateSource string

//go:embed outbox.lua
var outboxSource string

//go:embed stop.lua
var stopSource string

//go:embed rebuild.lua
var rebuildSource string

//go:embed lanes.lua
var lanesSource string

//go:embed foreign.lua
var foreignSource string

var (
	commitScript = newScript(commitSource)
	markScript   = newScript(headSource + markSource)
	loadScript   = newScript(loadSource)
	auditScript  = newScript(headSource + auditSource)
	dropScript   = newScript(dropSource)
	buryScript   = newScript(burySource)
	openScript   = newScript(openSource)
	outboxScript = newScript(outboxSource)

	activateScript = newScript(activateSource)
	stopScript     = newScript(stopSource)
	rebuildScript  = newScript(rebuildSource)
	lanesScript    = newScript(lanesSource)
	foreignScript  = newScript(foreignSource)
)

// call is one run of a script. All its keys lie in one slot.
type call struct {
	keys []string
	args []any
}

// run sends all calls of a script in one pipeline per node and returns their replies, in order. If a node does not have the script
// in its cache (it is new, failed over or was flushed), run sends the refused calls again with EVAL. EVAL carries the source and
// leaves the script in the cache of the node that runs it: the owner of the slot, also after a redirect. A script may run twice.
func (s *Store) run(ctx context.Context, script script, calls []call) []*goredis.Cmd {
	replies := make([]*goredis.Cmd, len(calls))
	if len(calls) == 0 {
		return replies
	}
	pipe := s.client.Pipeline()
	for i, c := range calls {
		replies[i] = pipe.EvalSha(ctx, script.digest, c.keys, c.args...)
	}
	_, _ = pipe.Exec(ctx) // every reply carries its own error
	again := s.client.Pipeline()
	for i, c := range calls {
		if goredis.HasErrorPrefix(replies[i].Err(), "NOSCRIPT") {
			replies[i] = again.Eval(ctx, script.source, c.keys, c.args...)
		}
	}
	_, _ = again.Exec(ctx)
	return replies
}
