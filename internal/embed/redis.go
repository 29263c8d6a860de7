package embed

import (
	"fmt"
	"net"
	"strconv"

	"github.com/alicebob/miniredis/v2"
)

// Redis is an embedded Redis server. All its data is in memory.
type Redis struct {
	server *miniredis.Miniredis
}

// StartRedis starts a server on the port of loopback, on any free one if 0. Keys expire in real time, as they do in a
// real Redis. The caller closes it.
func StartRedis(port int) (*Redis, error) {
	server := miniredis.NewMiniRedis()
	if err := server.StartAddr(net.JoinHostPort("127.0.0.1", strconv.Itoa(port))); err != nil {
		return nil, fmt.Errorf("start the embedded redis: %w", err)
	}
	server.ClockTTL(true) // without it keys live until FastForward is called
	return &Redis{server}, nil
}

// Addr is the address, host:port.
func (r *Redis) Addr() string { return r.server.Addr() }

// Server returns the server itself, for tests that make it misbehave.
func (r *Redis) Server() *miniredis.Miniredis { return r.server }

// Close stops the server and cuts its clients off.
func (r *Redis) Close() { r.server.Close() }
