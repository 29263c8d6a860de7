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

// expiryInterval is how often keys are looked at for expiry. The server can do so by itself, with every command, but it then
// sorts all its keys each time: with a few thousand keys that is most of what it does.
const expiryInterval = 250 * time.Millisecond

// StartRedis starts a server on the port of loopback, on any free one if 0. Keys expire in real time, a moment late. The
// caller closes it.
func StartRedis(port int) (*Redis, error) {
	r := &Redis{server: miniredis.NewMiniRedis(), stop: make(chan struct{})}
	if err := r.server.StartAddr(net.JoinHostPort("127.0.0.1", strconv.Itoa(port))); err != nil {
		return nil, fmt.Errorf("start the embedded redis: %w", err)
	}
	r.ticker.Go(r.expire)
	return r, nil
}

// expire lets the time of keys pass until Close.
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

// Addr is the address, host:port.
func (r *Redis) Addr() string { return r.server.Addr() }

// Server returns the server itself, for tests that make it misbehave.
func (r *Redis) Server() *miniredis.Miniredis { return r.server }

// Close stops the server and cuts its clients off.
func (r *Redis) Close() {
	close(r.stop)
	r.ticker.Wait()
	r.server.Close()
}
