package reach

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
)

func TestOf(t *testing.T) {
	dial := func(err error) error {
		return &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", err)}
	}
	for _, row := range []struct {
		name string
		err  error
		want Symptom
		ok   bool
	}{
		{"no error", nil, Unreached, false},
		{"somebody has stopped", context.Canceled, Unreached, false},
		{"we closed it ourselves", &net.OpError{Op: "read", Err: net.ErrClosed}, Unreached, false},
		{"nothing of a connection", errors.New("no such customer"), Unreached, false},
		{"nobody listens", dial(syscall.ECONNREFUSED), Refused, true},
		{"no way", dial(syscall.ENETUNREACH), NoRoute, true},
		{"no way to the host", dial(syscall.EHOSTUNREACH), NoRoute, true},
		{"no such name", &net.OpError{Op: "dial", Err: &net.DNSError{IsNotFound: true}}, UnknownHost, true},
		{"name servers that do not answer", &net.OpError{Op: "dial", Err: &net.DNSError{IsTimeout: true}}, TimedOut, true},
		{"a deadline", context.DeadlineExceeded, TimedOut, true},
		{"a deadline of a socket", os.ErrDeadlineExceeded, TimedOut, true},
		{"the end", io.EOF, Closed, true},
		{"the end within an answer", io.ErrUnexpectedEOF, Closed, true},
		{"a reset", &net.OpError{Op: "read", Err: os.NewSyscallError("read", syscall.ECONNRESET)}, Closed, true},
		{"written to after the end", &net.OpError{Op: "write", Err: os.NewSyscallError("write", syscall.EPIPE)}, Closed, true},
		{"no handshake", tls.RecordHeaderError{Msg: "first record does not look like a TLS handshake"}, NotTLS, true},
		{"an unknown authority", &tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}, Untrusted, true},
		{"no certificate", &net.OpError{Op: "remote error", Err: errors.New("tls: certificate required")}, CertificateWanted, true},
		{"anything else of a connection", &net.OpError{Op: "read", Err: errors.New("odd")}, Unreached, true},
	} {
		if row.err != nil {
			row.err = fmt.Errorf("look up the topics: %w", row.err)
		}
		if got, ok := Of(row.err); got != row.want || ok != row.ok {
			t.Errorf("%s: %v: got symptom %d, %t; want %d, %t", row.name, row.err, got, ok, row.want, row.ok)
		}
	}
}
