package redis

import (
	"strings"
	"testing"

	"github.com/alicebob/miniredis/v2"
)

func TestDial(t *testing.T) {
	server := miniredis.RunT(t)
	server.RequireUserAuth("tide", "secret")
	for _, cluster := range []bool{false, true} {
		client, err := Dial("redis://tide:secret@"+server.Addr(), cluster)
		if err != nil {
			t.Fatalf("dial, cluster %v: got error %v, want none", cluster, err)
		}
		if err := newStore(t, client, testLayout).Open(t.Context()); err != nil {
			t.Errorf("open, cluster %v: got error %v, want none", cluster, err)
		}
		_ = client.Close()

		for _, url := range []string{"redis://tide:secret@a b", "http://tide:secret@localhost", "redis://tide:secret@localhost?nonsense=1"} {
			if _, err := Dial(url, cluster); err == nil || strings.Contains(err.Error(), "secret") {
				t.Errorf("%s, cluster %v: got error %v, want one without the password", url, cluster, err)
			}
		}
	}
	if _, err := Dial("redis://localhost?read_only=true", true); err == nil {
		t.Error("reads from replicas: got no error, want one")
	}
}
