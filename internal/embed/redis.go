package embed

import (
	"fmt"
	"net"
	"strconv"
	"sync"
	"time"

	"github.com/alicebob/miniredis/v2"
)

// Redis is an embedded Redis server. All its data is in memory.
type Redis struct {
	server *miniredis.Miniredis
	ticker sync.WaitGroup
	stop   chan struct{}
}

// expiryInterval is the time between two passes over the keys for expiry. miniredis could expire keys with every command instead,
// but it then sorts all keys each time. With a few thousand keys that takes most of its time.
const expiryInterval = 250 * time.Millisecond

// StartRedis starts a server on a port of loopback; 0 means any free port. It fails when the port is taken. Keys expire in real
// time, about expiryInterval late at most. The caller closes the server.
func StartRedis(port int) (*Redis, error) {
	r := &Redis{server: miniredis.NewMiniRedis(), stop: make(chan struct{})}
	if err := r.server.StartAddr(net.JoinHostPort("127.0.0.1", strconv.Itoa(port))); err != nil {
		return nil, fmt.Errorf("start the embedded redis: %w", err)
	}
	r.ticker.Go(r.expire)
	return r, nil
}

// expire moves the server's clock for expiry along with the real clock, until Close.
func (r *Redis) expire() {
	tick := time.NewTicker(expiryInterval)
	defer tick.Stop()
	last := time.Now()
	for {
		select {
		case <-r.stop:
			return
		case now := <-tick.C:
			r.server.FastForward(now.Sub(last))
			last = now
		}
	}
}

// Addr returns the address, host:port.
func (r *Redis) Addr() string { return r.server.Addr() }

// Server returns the server behind r, for tests that make the server misbehave.
func (r *Redis) Server() *miniredis.Miniredis { return r.server }

// Close stops the server and closes the connections of its clients.
func (r *Redis) Close() {
	close(r.stop)
	r.ticker.Wait()
	r.server.Close()
}
