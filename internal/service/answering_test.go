package service

import (
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// A client that asks and does not read holds its connection for a bounded time.
func TestAnswerThatNobodyReadsEnds(t *testing.T) {
	ended := make(chan struct{})
	server := httptest.NewServer(answering(50*time.Millisecond, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		defer close(ended)
		for {
			if _, err := w.Write(make([]byte, 1<<20)); err != nil {
				return
			}
		}
	})))
	defer server.Close()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := conn.Write([]byte("GET /metrics HTTP/1.1\r\nHost: here\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		t.Error("the answer goes on, want it ended by its deadline")
	}
}
