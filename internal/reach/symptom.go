package reach

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
)

// Symptom is what a client sees of a server that it cannot use.
type Symptom uint8

// The symptoms. Unreached is the zero value: no connection, for a reason that has no symptom of its own.
const (
	Unreached Symptom = iota
	// Refused says that nothing listens at the address.
	Refused
	UnknownHost
	// NoRoute says that the network knows no way to the address.
	NoRoute
	TimedOut
	// Closed says that the server ended the connection without a word.
	Closed
	// NotTLS says that the server answered a TLS handshake with something else.
	NotTLS
	// Untrusted says that the client does not accept the server's certificate.
	Untrusted
	// CertificateWanted says that the server does not accept the client's certificate, or misses one.
	CertificateWanted
	// OtherProtocol says that the answer is not of the protocol that the client speaks.
	OtherProtocol

	LoginMissing
	LoginRefused
	// LoginUnknown says that the server does not know the way to log in, or takes no login at all.
	LoginUnknown
	// Forbidden says that the user lacks a right.
	Forbidden

	// UnknownCommand says that the server does not know a command that every database knows, as a Redis Sentinel answers.
	UnknownCommand
	// ClusterNode says that the server is a node of a Redis Cluster, and was taken for a server alone; NoCluster is the reverse.
	ClusterNode
	NoCluster
	NoDatabase
	// Protected says that the server lets nobody in from other machines.
	Protected
	// Full says that the server has no connection left.
	Full
	// Starting says that the server is still loading its data.
	Starting
	// Broken says that a part of the cluster has no master.
	Broken

	// Symptoms is the number of symptoms. It stands last, so it moves with every symptom that is appended.
	Symptoms int = iota
)

// Of returns the symptom of an error of a connection, and false for an error that says nothing of a connection. A context that was
// cancelled says nothing; a deadline that passed does.
func Of(err error) (Symptom, bool) {
	var network net.Error
	var host *net.DNSError
	var record tls.RecordHeaderError
	var certificate *tls.CertificateVerificationError
	switch {
	case err == nil, errors.Is(err, context.Canceled):
		return Unreached, false
	case errors.As(err, &host) && !host.IsTimeout:
		return UnknownHost, true
	case errors.Is(err, syscall.ECONNREFUSED):
		return Refused, true
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return NoRoute, true
	case errors.As(err, &record):
		return NotTLS, true
	case errors.As(err, &certificate):
		return Untrusted, true
	case strings.Contains(err.Error(), "remote error: tls: "): // the library keeps the type of such an alert to itself
		return CertificateWanted, true
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return TimedOut, true
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return Closed, true
	case errors.As(err, &network) && !errors.Is(err, net.ErrClosed): // we closed it ourselves
		return Unreached, true
	}
	return Unreached, false
}
