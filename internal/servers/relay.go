package servers

import (
	"bytes"
	"io"
	"net"
	"slices"
	"sync"
)

// Relay is a TCP proxy on loopback: it forwards connections to a target. Tests cut its connections, change its target, or delay
// what clients send. So it can play a network between two servers, or the address that clients keep through a failover. It is safe
// for concurrent use.
type Relay struct {
	listener net.Listener
	done     sync.WaitGroup

	mu       sync.Mutex
	target   string
	cut      bool
	sessions []session // in order of their beginning
	delay    *delay    // nil when nothing is held back
}

// session is a connection of a client, and the connection to the target that belongs to it.
type session struct{ client, server net.Conn }

func (s session) close() {
	_ = s.client.Close()
	_ = s.server.Close()
}

// delay holds back what clients send, beginning with the first piece that contains text.
type delay struct {
	text        []byte
	began, over chan struct{}
	once        sync.Once
}

// NewRelay returns a relay to the address target, host:port. The caller closes the relay.
func NewRelay(target string) (*Relay, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	r := &Relay{listener: listener, target: target}
	r.done.Go(r.serve)
	return r, nil
}

// Addr returns the relay's own address, host:port.
func (r *Relay) Addr() string { return r.listener.Addr().String() }

// Cut closes every connection; bytes on their way are lost. Until Lead is called, every new connection is closed too.
func (r *Relay) Cut() { r.set(r.target, true) }

// Lead closes every connection. New connections go to target, host:port.
func (r *Relay) Lead(target string) { r.set(target, false) }

// Turn makes new connections go to target, host:port. Open connections stay where they lead. So it plays a proxy that does not cut the
// sessions of its clients at a failover.
func (r *Relay) Turn(target string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.target, r.cut = target, false
}

// Break closes the open connections that broken chooses by their number, in order of their beginning. It returns how many it has closed,
// and how many stay.
func (r *Relay) Break(broken func(n int) bool) (closed, stay int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var left []session
	for n, s := range r.sessions {
		if !broken(n) {
			left = append(left, s)
			continue
		}
		s.close()
		closed++
	}
	r.sessions = left
	return closed, len(left)
}

// Hold makes the relay hold back what clients send. It begins with the first piece that contains text, and then holds back all
// connections until Release. The channel is closed at this first piece. Answers of the server are never held back.
func (r *Relay) Hold(text string) <-chan struct{} {
	r.Release()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.delay = &delay{text: []byte(text), began: make(chan struct{}), over: make(chan struct{})}
	return r.delay.began
}

// Release ends Hold, and forwards what the relay has held back.
func (r *Relay) Release() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.delay != nil {
		close(r.delay.over)
		r.delay = nil
	}
}

// Close closes every connection and stops listening.
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
	for _, s := range r.sessions {
		s.close()
	}
	r.sessions = nil
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
	here := session{client, server}
	if !r.enter(target, here) {
		return
	}
	var back sync.WaitGroup
	back.Go(func() {
		_, _ = io.Copy(client, server) // however this direction ends, the other ends too
		_ = client.Close()
	})
	r.forward(server, client)
	_ = server.Close()
	back.Wait()
	r.mu.Lock()
	r.sessions = slices.DeleteFunc(r.sessions, func(s session) bool { return s == here })
	r.mu.Unlock()
}

// forward copies what a client sends to the server, until one of the two connections is closed.
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

// await waits while a piece is to be held back.
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

// enter registers a session, so that the next cut closes it. It returns false if the relay was cut, or got another target, while the
// connection to the target was being opened.
func (r *Relay) enter(target string, s session) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.cut || r.target != target {
		return false
	}
	r.sessions = append(r.sessions, s)
	return true
}
