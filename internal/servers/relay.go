package servers

import (
	"bytes"
	"io"
	"net"
	"sync"
)

// Relay is an address that leads to a server, and can be cut, led elsewhere, or made slow: a network between two servers,
// or the address that clients keep through a failover. It is safe for concurrent use.
type Relay struct {
	listener net.Listener
	done     sync.WaitGroup

	mu     sync.Mutex
	target string
	cut    bool
	conns  map[net.Conn]struct{}
	delay  *delay // nil for none
}

// delay keeps what clients send, from the first piece on that contains text.
type delay struct {
	text        []byte
	began, over chan struct{}
	once        sync.Once
}

// NewRelay returns a relay to the address target. The caller closes it.
func NewRelay(target string) (*Relay, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	r := &Relay{listener: listener, target: target, conns: make(map[net.Conn]struct{})}
	r.done.Go(r.serve)
	return r, nil
}

// Addr is the address that leads to the target.
func (r *Relay) Addr() string { return r.listener.Addr().String() }

// Cut breaks every connection, with whatever is on its way, and every later one until Lead.
func (r *Relay) Cut() { r.set(r.target, true) }

// Lead breaks every connection; later ones lead to target.
func (r *Relay) Lead(target string) { r.set(target, false) }

// Hold has the relay keep what clients send, from the first piece on that contains text, on all connections, until Release.
// The channel is closed when there is something to keep. Answers come back as ever.
func (r *Relay) Hold(text string) <-chan struct{} {
	r.Release()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.delay = &delay{text: []byte(text), began: make(chan struct{}), over: make(chan struct{})}
	return r.delay.began
}

// Release sends on what has been held: it arrives late.
func (r *Relay) Release() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.delay != nil {
		close(r.delay.over)
		r.delay = nil
	}
}

// Close cuts the relay for good.
func (r *Relay) Close() error {
	err := r.listener.Close()
	r.Cut()
	r.Release()
	r.done.Wait()
	return err
}

func (r *Relay) set(target string, cut bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.target, r.cut = target, cut
	for conn := range r.conns {
		_ = conn.Close()
	}
	clear(r.conns)
}

func (r *Relay) serve() {
	for {
		client, err := r.listener.Accept()
		if err != nil {
			return
		}
		r.done.Go(func() { r.join(client) })
	}
}

func (r *Relay) join(client net.Conn) {
	defer client.Close()
	r.mu.Lock()
	target, cut := r.target, r.cut
	r.mu.Unlock()
	if cut {
		return
	}
	server, err := net.Dial("tcp", target)
	if err != nil {
		return
	}
	defer server.Close()
	if !r.enter(target, client, server) {
		return
	}
	var back sync.WaitGroup
	back.Go(func() {
		_, _ = io.Copy(client, server) // whatever its end, the other way ends too
		_ = client.Close()
	})
	r.forward(server, client)
	_ = server.Close()
	back.Wait()
	r.mu.Lock()
	delete(r.conns, client)
	delete(r.conns, server)
	r.mu.Unlock()
}

// forward copies what a client sends until either end is closed.
func (r *Relay) forward(server, client net.Conn) {
	piece := make([]byte, 64<<10)
	for {
		n, err := client.Read(piece)
		r.await(piece[:n])
		if _, failed := server.Write(piece[:n]); failed != nil || err != nil {
			return
		}
	}
}

// await waits while a piece is to be kept.
func (r *Relay) await(piece []byte) {
	r.mu.Lock()
	d := r.delay
	r.mu.Unlock()
	if d == nil {
		return
	}
	if bytes.Contains(piece, d.text) {
		d.once.Do(func() { close(d.began) })
	}
	select {
	case <-d.began:
		<-d.over
	default:
	}
}

// enter notes the connections for the next cut; false where that came while the target was dialled.
func (r *Relay) enter(target string, conns ...net.Conn) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.cut || r.target != target {
		return false
	}
	for _, conn := range conns {
		r.conns[conn] = struct{}{}
	}
	return true
}
