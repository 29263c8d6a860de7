package redis

import (
	"testing"

	"tidemark/internal/servers"
	"tidemark/internal/servers/serverstest"
)

// TestARefusedTransactionSaysWhy: a master has become a replica. The error of a transaction says so, as that of a single command.
func TestARefusedTransactionSaysWhy(t *testing.T) {
	server := serverstest.Redis(t, servers.RedisOptions{})
	s := newStore(t, server.Client(), testLayout)
	if err := server.Client().ReplicaOf(t.Context(), "127.0.0.1", "1").Err(); err != nil {
		t.Fatal(err)
	}
	if err := s.ProjectPopulation(t.Context(), map[string]string{"customers": "1"}); ErrorClass(err) != "readonly" {
		t.Errorf("got error %v of class %s, want readonly", err, ErrorClass(err))
	}
}
