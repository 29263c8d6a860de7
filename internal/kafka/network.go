package kafka

import (
	"context"
	"errors"
	"net"
	"sync"
	"time"
)

// network dials, and keeps a list of its connections, so that all can be cut at once. The client library has calls that no
// context ends.
type network struct {
	dial func(ctx context.Context, network, address string) (net.Conn, error)

	mu      sync.Mutex // dials come from the library's goroutines as well as from ours
	conns   map[*tracked]struct{}
	severed bool
}

var errSevered = errors.New("connections to kafka are cut")

func newNetwork(timeout time.Duration) *network {
	dialer := &net.Dialer{Timeout: timeout, KeepAlive: 30 * time.Second}
	return &network{dial: dialer.DialContext, conns: make(map[*tracked]struct{})}
}

// within returns a network that dials through n. To cut n cuts the inner network too; to cut the inner network leaves n as it is.
func (n *network) within() *network {
	return &network{dial: n.DialContext, conns: make(map[*tracked]struct{})}
}

// DialContext opens a connection that sever closes.
func (n *network) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	if n.isSevered() {
		return nil, errSevered
	}
	conn, err := n.dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	t := &tracked{Conn: conn, of: n}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.severed {
		_ = conn.Close()
		return nil, errSevered
	}
	n.conns[t] = struct{}{}
	return t, nil
}

// sever closes every connection. Every later dial fails.
func (n *network) sever() {
	n.mu.Lock()
	n.severed = true
	conns := n.conns
	n.conns = make(map[*tracked]struct{})
	n.mu.Unlock()
	for t := range conns {
		_ = t.Conn.Close()
	}
}

func (n *network) isSevered() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.severed
}

type tracked struct {
	net.Conn
	of *network
}

func (t *tracked) Close() error {
	t.of.mu.Lock()
	delete(t.of.conns, t)
	t.of.mu.Unlock()
	return t.Conn.Close()
}
