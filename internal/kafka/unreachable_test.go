package kafka

import (
	"crypto/tls"
	"errors"
	"net"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"

	"tidemark/internal/reach"
)

// wantSymptom fails the test unless err names the brokers of config, and how they were spoken to, with a symptom.
func wantSymptom(t *testing.T, what string, err error, config Config, want reach.Symptom) {
	t.Helper()
	var e *reach.Error
	if !errors.As(err, &e) {
		t.Errorf("%s: got %v, want a *reach.Error", what, err)
		return
	}
	if e.Symptom != want || e.Server != "Kafka" || e.Addresses[0] != config.Brokers[0] || e.Login != (config.Security.Mechanism != "") {
		t.Errorf("%s: got symptom %d of %+v, want %d", what, e.Symptom, e, want)
	}
}

// answering returns the address of a server that reads a little, answers each client with the same text, and hangs up.
func answering(t *testing.T, text string) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Read(make([]byte, 64))
			_, _ = conn.Write([]byte(text))
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() { _ = listener.Close(); <-ended })
	return listener.Addr().String()
}

// Whatever keeps this process from the brokers, the error names them and has a symptom.
func TestUnreachableBrokers(t *testing.T) {
	ours, theirs := newAuthority(t), newAuthority(t)
	certificate := ours.issue("broker")
	encrypted := kfake.TLS(&tls.Config{Certificates: []tls.Certificate{certificate}})
	mutual := kfake.TLS(&tls.Config{Certificates: []tls.Certificate{certificate}, ClientAuth: tls.RequireAnyClientCert})
	login := []kfake.Opt{kfake.EnableSASL(), kfake.Superuser(Plain, "tide", "s3cret")}
	at := func(options ...kfake.Opt) string {
		brokers, err := kfake.NewCluster(append(options, kfake.NumBrokers(1))...)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(brokers.Close)
		return brokers.ListenAddrs()[0]
	}
	for _, row := range []struct {
		name     string
		address  string
		security Security
		want     reach.Symptom
	}{
		{"nobody listens", "127.0.0.1:1", Security{}, reach.Refused},
		{"no such name", "nobody.invalid:9092", Security{}, reach.UnknownHost},
		{"plaintext to TLS", at(encrypted), Security{}, reach.Closed},
		{"TLS to plaintext that never answers", at(), Security{TLS: true}, reach.TimedOut},
		{"TLS to plaintext that answers in plaintext", answering(t, "-ERR Protocol error\r\n"), Security{TLS: true}, reach.NotTLS},
		{"TLS to plaintext that hangs up, as Apache Kafka does", answering(t, ""), Security{TLS: true}, reach.Closed},
		{"a certificate of an authority that we do not know", at(encrypted), Security{CAFile: theirs.path("ca")}, reach.Untrusted},
		{"no client certificate where one is wanted", at(mutual), Security{CAFile: ours.path("ca")}, reach.CertificateWanted},
		{"no login where one is wanted", at(login...), Security{}, reach.Closed},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			config := brisk(row.address)
			config.Security, config.RequestTimeout = row.security, 500*time.Millisecond
			_, err := open(t, config).Partitions(bounded(t))
			wantSymptom(t, row.name, err, config, row.want)
		})
	}
}
