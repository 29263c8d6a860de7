package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"

	"tidemark/internal/reach"
)

// advice says what may be wrong with a connection: which flag names the server, what the symptom means, and what to try.
type advice struct{ flag, cause, try string }

// adviceOn returns advice on the error of a connection, and false for any other error.
func adviceOn(err error) (advice, bool) {
	var e *reach.Error
	if !errors.As(err, &e) {
		return advice{}, false
	}
	w := wordsFor(e.Server)
	a := advice{flag: w.address, cause: w.cause(e), try: w.try(e)}
	if host := elsewhere(e); host != "" && strings.HasPrefix(e.Server, "Kafka") {
		a.cause += fmt.Sprintf("; %s is none of the addresses given, so the brokers advertise it (advertised.listeners)", host)
	}
	return a, true
}

// line is the advice in one line, for a log or for a finding.
func (a advice) line() string { return "check " + a.flag + ": " + a.cause + "; " + a.try }

// remedy is the advice on err in one line, or otherwise if err is no error of a connection.
func remedy(err error, otherwise string) string {
	if a, ok := adviceOn(err); ok {
		return a.line()
	}
	return otherwise
}

// printAdvice prints the advice on err, if there is any.
func printAdvice(w io.Writer, err error) {
	if a, ok := adviceOn(err); ok {
		fmt.Fprintf(w, "  address: from %s\n  cause:   %s\n  try:     %s\n", a.flag, a.cause, a.try)
	}
}

// elsewhere returns the host that could not be reached, if the user has not given it; else nothing.
func elsewhere(e *reach.Error) string {
	var host *net.DNSError
	var op *net.OpError
	name := ""
	switch {
	case errors.As(e.Err, &host):
		name = host.Name
	case errors.As(e.Err, &op) && op.Op == "dial" && op.Addr != nil:
		name = op.Addr.String()
	}
	given := func(address string) bool {
		if ip := net.ParseIP(hostOf(address)); ip == nil && host == nil {
			return true // a name that was given may stand for any number
		}
		return address == name || hostOf(address) == name
	}
	if slices.ContainsFunc(e.Addresses, given) {
		return ""
	}
	return name
}

func hostOf(address string) string {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return address
	}
	return host
}

// words are the flags by which one kind of server is reached.
type words struct {
	server string
	// address names the flag of the address; tls says how to encrypt, plain how not to; trust says how to accept a certificate; own how to
	// show one; login how to log in.
	address, tls, plain, trust, own, login string
}

var (
	kafkaWords = words{
		server: "Kafka", address: "--kafka-brokers (TIDEMARK_KAFKA_BROKERS)",
		tls: "add --kafka-tls", plain: "leave out --kafka-tls, --kafka-ca and --kafka-cert",
		trust: "name the authority that signed it with --kafka-ca; for a trial, accept any with --kafka-insecure",
		own:   "give a certificate that the brokers accept with --kafka-cert and --kafka-key",
		login: "--kafka-sasl, --kafka-user and TIDEMARK_KAFKA_PASSWORD or --kafka-password-file",
	}
	redisWords = words{
		server: "Redis", address: "--redis-url (TIDEMARK_REDIS_URL)",
		tls: "give a --redis-url that begins with rediss://", plain: "give a --redis-url that begins with redis://",
		trust: "add its authority to the system's, or name a PEM file of authorities in SSL_CERT_FILE; for a trial, add ?skip_verify=true to --redis-url",
		own:   "let the server ask for no certificate (tls-auth-clients no): Tidemark shows none to Redis",
		login: "TIDEMARK_REDIS_PASSWORD or --redis-password-file, and the user in --redis-url (redis://user@host:6379/0)",
	}
	registryWords = words{
		server: "the schema registry", address: "--registry-url (TIDEMARK_REGISTRY_URL)",
		tls: "give a --registry-url that begins with https://", plain: "give a --registry-url that begins with http://",
		trust: "add its authority to the system's, or name a PEM file of authorities in SSL_CERT_FILE",
		own:   "let the registry ask for no certificate: Tidemark shows none",
		login: "--registry-user and TIDEMARK_REGISTRY_PASSWORD or --registry-password-file",
	}
)

func wordsFor(server string) words {
	switch {
	case strings.HasPrefix(server, "Kafka"):
		return kafkaWords
	case strings.HasPrefix(server, "Redis"):
		return redisWords
	}
	return registryWords
}

// cause says in words what the symptom of e means.
func (w words) cause(e *reach.Error) string {
	switch e.Symptom {
	case reach.Unreached:
		return "no connection"
	case reach.Refused:
		return "nothing listens at this address"
	case reach.UnknownHost:
		return "no such host name"
	case reach.NoRoute:
		return "the network knows no way to this address"
	case reach.TimedOut:
		return "no answer in time"
	case reach.Closed:
		return "the server ended the connection without a word, as a server does that " + w.expected(e)
	case reach.NotTLS:
		return "the server listens without TLS, but this client encrypts"
	case reach.Untrusted:
		return "this client does not trust the server's certificate"
	case reach.CertificateWanted:
		return "the server refuses the TLS handshake: mostly it asks for a client certificate, or does not accept the one given"
	case reach.OtherProtocol:
		return "what answers does not speak the protocol of " + w.server + " without TLS"
	case reach.LoginMissing:
		return "the server asks for a password, and none is given"
	case reach.LoginRefused:
		return "the server refuses this user or this password"
	case reach.LoginUnknown:
		return "the server does not know this way to log in, or takes no login at this address"
	case reach.Forbidden:
		return "the login is good, but this user lacks a right"
	case reach.UnknownCommand:
		return "the server does not know the commands of a database: a Redis Sentinel answers so, and a server whose commands are renamed"
	case reach.ClusterNode:
		return "the server is a node of a Redis Cluster, but this client takes it for a server alone, or asks for another database than 0"
	case reach.NoCluster:
		return "the server is no node of a Redis Cluster, but --redis-cluster says so"
	case reach.NoDatabase:
		return "the server has no database of this number"
	case reach.Protected:
		return "the server lets nobody in from other machines (protected-mode) as long as it has no password"
	case reach.Full:
		return "the server has as many clients as it may have"
	case reach.Starting:
		return "the server is still reading its data from disk"
	case reach.Broken:
		return "a part of the data has no master at the moment"
	}
	return ""
}

// try says what to try against the symptom of e.
func (w words) try(e *reach.Error) string {
	switch e.Symptom {
	case reach.Refused:
		return "start the server, or correct host and port in " + w.address
	case reach.UnknownHost:
		return "correct the host in " + w.address + ", or make this machine resolve it"
	case reach.TimedOut:
		if e.TLS {
			return "is the server up, and does a firewall let this machine through? Some servers without TLS do not answer an encrypted client: then " + w.plain
		}
		return "is the server up, and does a firewall let this machine through? Correct the address in " + w.address
	case reach.Closed:
		return w.settle(e)
	case reach.NotTLS:
		return w.plain
	case reach.Untrusted:
		return w.trust
	case reach.CertificateWanted:
		return w.own
	case reach.OtherProtocol:
		return "is it the port of " + w.server + "? If it is, it listens with TLS: " + w.tls
	case reach.LoginMissing:
		return "give " + w.login
	case reach.LoginRefused:
		return "correct " + w.login
	case reach.LoginUnknown:
		return "give another mechanism, or none: see " + w.login
	case reach.Forbidden:
		return "give this user the right that the error names, or log in as another: " + w.login
	case reach.UnknownCommand:
		return "name the master itself in " + w.address + ": SENTINEL get-master-addr-by-name says where it is. Tidemark does not ask Sentinels; put a proxy or a name in front that follows the master"
	case reach.ClusterNode:
		return "add --redis-cluster, and database 0 in --redis-url"
	case reach.NoCluster:
		return "leave out --redis-cluster"
	case reach.NoDatabase:
		return "correct the number at the end of --redis-url"
	case reach.Protected:
		return "set requirepass or a user on the server, and give " + w.login
	case reach.Full:
		return "raise maxclients on the server, or end clients that are not needed"
	case reach.Starting:
		return "wait, and try again"
	case reach.Broken:
		return "see CLUSTER INFO, and start the missing nodes"
	case reach.Unreached, reach.NoRoute:
	}
	return "check the network between this machine and the server, and " + w.address
}

// expected says what a server may expect that ends the connection without a word.
func (w words) expected(e *reach.Error) string {
	switch {
	case e.TLS && e.Login:
		return "listens without TLS, or takes no login"
	case e.TLS:
		return "listens without TLS, or asks for a login"
	case e.Login:
		return "listens with TLS, or takes no login"
	}
	return "listens with TLS, or asks for a login"
}

// settle says what to change where a server ends the connection without a word.
func (w words) settle(e *reach.Error) string {
	switch {
	case e.TLS && e.Login:
		return w.plain + "; or leave out the login"
	case e.TLS:
		return w.plain + "; or log in with " + w.login
	case e.Login:
		return w.tls + "; or leave out the login"
	}
	return w.tls + "; or log in with " + w.login
}
