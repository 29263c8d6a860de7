package redis

import (
	"errors"
	"net"
	"testing"

	"github.com/alicebob/miniredis/v2"
	goredis "github.com/redis/go-redis/v9"

	"tidemark/internal/reach"
	"tidemark/internal/shard"
)

// asked asks a server by each way that a command may take: alone, and in a pipeline of scripts.
func asked(t *testing.T, url string, cluster bool) []error {
	t.Helper()
	client, err := Dial(url, cluster)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.Close() }()
	s := newStore(t, client, testLayout)
	_, _, alone := s.Layout(t.Context())
	return []error{alone, s.Commit(t.Context(), []shard.Commit{{Shard: 1, Token: "one"}})[0]}
}

func wantSymptom(t *testing.T, what string, errs []error, want reach.Symptom) {
	t.Helper()
	for i, err := range errs {
		var e *reach.Error
		if !errors.As(err, &e) || e.Symptom != want || len(e.Addresses) == 0 {
			t.Errorf("%s, way %d: got %v, %+v; want a *reach.Error of symptom %d", what, i, err, e, want)
		}
	}
}

// Each reply by which a server refuses to serve has its symptom, and the class of the metric stays.
func TestRefusals(t *testing.T) {
	for _, r := range refusals {
		server := miniredis.RunT(t)
		client, err := Dial("redis://"+server.Addr()+"?max_retries=-1", false)
		if err != nil {
			t.Fatal(err)
		}
		s := newStore(t, client, testLayout)
		if err := s.Ping(t.Context()); err != nil { // connects
			t.Fatal(err)
		}
		reply := r.begins + " 3999 127.0.0.1:1"
		server.SetError(reply)
		err = s.Ping(t.Context())
		wantSymptom(t, r.begins, []error{err}, r.symptom)
		if got, want := ErrorClass(err), replyClass(reply); got != want {
			t.Errorf("%v: class %q, want %q, as without the name of the server", err, got, want)
		}
		_ = client.Close()
	}
}

func TestUnreachableServers(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0") // takes connections, and never answers
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = silent.Close() }()
	const impatient = "?read_timeout=200ms&dial_timeout=300ms&max_retries=-1"
	for _, row := range []struct {
		name, url string
		want      reach.Symptom
	}{
		{"nobody listens", "redis://127.0.0.1:1", reach.Refused},
		{"no such name", "redis://nobody.invalid:6379", reach.UnknownHost},
		{"no answer", "redis://" + silent.Addr().String(), reach.TimedOut},
	} {
		wantSymptom(t, row.name, asked(t, row.url+impatient, false), row.want)
	}
	wantSymptom(t, "nobody listens, as a cluster", asked(t, "redis://127.0.0.1:1", true), reach.Refused)
}

// What a server of Redis itself answers.
func TestRefusalsOfRealServers(t *testing.T) {
	server := pool.Redis(t).Addr()
	node := pool.RedisCluster(t).Addrs()[0]
	locks := goredis.NewClient(&goredis.Options{Addr: server, Password: "s3cret"})
	t.Cleanup(func() { _ = locks.Close() })
	lock := func(password string) {
		if err := locks.ConfigSet(t.Context(), "requirepass", password).Err(); err != nil {
			t.Fatal(err)
		}
	}
	lock("s3cret")
	defer lock("") // the server is shared
	for _, row := range []struct {
		name, url string
		cluster   bool
		want      reach.Symptom
	}{
		{"no password", "redis://" + server, false, reach.LoginMissing},
		{"a wrong password", "redis://:wrong@" + server, false, reach.LoginRefused},
		{"another database of a cluster", "redis://" + node + "/1", false, reach.ClusterNode},
		{"no cluster", "redis://:s3cret@" + server, true, reach.NoCluster},
		{"no such database", "redis://:s3cret@" + server + "/9999", false, reach.NoDatabase},
	} {
		wantSymptom(t, row.name, asked(t, row.url, row.cluster), row.want)
	}
}
