package kafka

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"

	"tidemark/internal/event"
)

// authority makes certificates and keeps them in files.
type authority struct {
	t    *testing.T
	dir  string
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) *authority {
	a := &authority{t: t, dir: t.TempDir()}
	a.issue("ca")
	return a
}

func (a *authority) path(name string) string { return filepath.Join(a.dir, name+".pem") }

// issue writes NAME.pem and NAME-key.pem. The first one is the authority's own.
func (a *authority) issue(name string) tls.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: a.cert == nil, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	parent, signer := a.cert, a.key
	if parent == nil {
		parent, signer = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		a.t.Fatal(err)
	}
	if a.cert == nil {
		if a.cert, err = x509.ParseCertificate(der); err != nil {
			a.t.Fatal(err)
		}
		a.key = key
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		a.t.Fatal(err)
	}
	a.write(name, "CERTIFICATE", der)
	a.write(name+"-key", "PRIVATE KEY", secret)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func (a *authority) write(name, kind string, der []byte) {
	if err := os.WriteFile(a.path(name), pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		a.t.Fatal(err)
	}
}

// Every way in works for all that the service does: metadata, the group, fetches and publishing.
func TestSecurity(t *testing.T) {
	ours, theirs := newAuthority(t), newAuthority(t)
	pool := x509.NewCertPool()
	pool.AddCert(ours.cert)
	broker := ours.issue("broker")
	ours.issue("client")
	theirs.issue("client")
	encrypted := kfake.TLS(&tls.Config{Certificates: []tls.Certificate{broker}})
	mutual := kfake.TLS(&tls.Config{Certificates: []tls.Certificate{broker}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: pool})
	user := func(mechanism string) []kfake.Opt {
		return []kfake.Opt{kfake.EnableSASL(), kfake.Superuser(mechanism, "tide,mark=1", "s3cret")}
	}
	login := func(mechanism, password string) Security {
		return Security{Mechanism: mechanism, Username: "tide,mark=1", Password: password}
	}
	withCA := func(s Security) Security { s.CAFile = ours.path("ca"); return s }

	for _, row := range []struct {
		name     string
		broker   []kfake.Opt
		security Security
		refused  bool
	}{
		{"TLS", []kfake.Opt{encrypted}, withCA(Security{}), false},
		{"TLS, an authority that we do not know", []kfake.Opt{encrypted}, Security{CAFile: theirs.path("ca")}, true},
		{"TLS, the system's authorities", []kfake.Opt{encrypted}, Security{TLS: true}, true},
		{"TLS, any certificate", []kfake.Opt{encrypted}, Security{TLS: true, Insecure: true}, false},
		{"TLS, another name", []kfake.Opt{encrypted}, withCA(Security{ServerName: "elsewhere.example"}), true},
		{"mutual TLS", []kfake.Opt{mutual}, withCA(Security{CertFile: ours.path("client"), KeyFile: ours.path("client-key")}), false},
		{"mutual TLS, a certificate of others", []kfake.Opt{mutual}, withCA(Security{CertFile: theirs.path("client"), KeyFile: theirs.path("client-key")}), true},
		{"PLAIN", user(Plain), login(Plain, "s3cret"), false},
		{"PLAIN, wrong password", user(Plain), login(Plain, "secret"), true},
		{"SCRAM-SHA-256", user(ScramSHA256), login(ScramSHA256, "s3cret"), false},
		{"SCRAM-SHA-256, wrong password", user(ScramSHA256), login(ScramSHA256, "secret"), true},
		{"SCRAM-SHA-512 over TLS", append(user(ScramSHA512), encrypted), withCA(login(ScramSHA512, "s3cret")), false},
		{"no login where one is needed", user(ScramSHA512), Security{}, true},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			brokers, err := kfake.NewCluster(append(row.broker, kfake.NumBrokers(1))...)
			if err != nil {
				t.Fatal(err)
			}
			defer brokers.Close()
			config := brisk(brokers.ListenAddrs()[0])
			config.Security = row.security
			config.SessionTimeout = 6 * time.Second
			if row.refused {
				config.RequestTimeout = 500 * time.Millisecond
				if err := open(t, config).CreateTopics(bounded(t), 1, 1); err == nil {
					t.Fatal("let in, want refused")
				}
				return
			}
			cluster := open(t, config)
			if err := cluster.CreateTopics(bounded(t), 1, 1); err != nil {
				t.Fatal(err)
			}
			publish(t, cluster, customers(event.Purchases, 1)...)
			m := join(t, config, idle)
			fetch, err := m.owning(t, 1).Fetch(bounded(t), purchases, 0)
			if err != nil || len(fetch.Records) != 1 {
				t.Errorf("fetched %d records, %v; want 1", len(fetch.Records), err)
			}
		})
	}
}

// The example of RFC 7677, section 3.
func TestScramExchange(t *testing.T) {
	talk := &scramTalk{
		scram:   scram{ScramSHA256, "user", "pencil"},
		nonce:   "rOprNGfwEbeRWgbNEkqO",
		opening: "n=user,r=rOprNGfwEbeRWgbNEkqO",
	}
	done, answer, err := talk.Next(t.Context(), []byte("r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"))
	want := "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
	if err != nil || done || string(answer) != want {
		t.Fatalf("proof %q (done %t), %v; want %q", answer, done, err, want)
	}
	if done, _, err = talk.Next(t.Context(), []byte("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")); err != nil || !done {
		t.Errorf("the server's proof: done %t, %v; want true", done, err)
	}
}

func TestScramDistrustsTheBroker(t *testing.T) {
	const good = "r=abcdef,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
	for _, row := range []struct {
		name     string
		messages []string
		want     string
	}{
		{"too few iterations: the password could be guessed", []string{"r=abcdef,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=100"}, "iterations"},
		{"too many: it wants to keep us busy", []string{"r=abcdef,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=2000000000"}, "iterations"},
		{"not our nonce", []string{"r=xyzdef,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"}, "nonce"},
		{"nothing of its own in the nonce", []string{"r=abc,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"}, "nonce"},
		{"no salt", []string{"r=abcdef,i=4096"}, "not valid"},
		{"it does not know the password itself", []string{good, "v=AAAA"}, "does not know"},
		{"no proof at all", []string{good, "hello"}, "does not know"},
		{"a refusal", []string{good, "e=invalid-proof"}, "refused: invalid-proof"},
	} {
		talk := &scramTalk{scram: scram{ScramSHA256, "user", "pencil"}, nonce: "abc", opening: "n=user,r=abc"}
		var err error
		var done bool
		for _, message := range row.messages {
			if err != nil {
				t.Errorf("%s: %q failed too early: %v", row.name, message, err)
			}
			done, _, err = talk.Next(t.Context(), []byte(message))
		}
		if err == nil || done || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: done %t, %v; want an error that says %q", row.name, done, err, row.want)
		}
	}
}
