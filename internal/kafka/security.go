package kafka

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"

	"github.com/segmentio/kafka-go/sasl"
	"github.com/segmentio/kafka-go/sasl/plain"
)

// The SASL mechanisms that this package speaks.
const (
	Plain       = "PLAIN"
	ScramSHA256 = "SCRAM-SHA-256"
	ScramSHA512 = "SCRAM-SHA-512"
)

// Security says how this process and the brokers prove who they are. The zero value is plaintext without a login.
type Security struct {
	// TLS encrypts, with TLS 1.2 or later. Any of the files below implies it.
	TLS bool
	// CAFile holds the authorities that sign the brokers' certificates, in PEM. Empty is the system's list.
	CAFile string
	// CertFile and KeyFile are our own certificate and its key, in PEM, for brokers that ask for one.
	CertFile, KeyFile string
	// ServerName is the name that the brokers' certificates must carry. Empty is the host that is dialled.
	ServerName string
	// Insecure accepts any certificate. It is for trials on one machine.
	Insecure bool

	// Mechanism is Plain, ScramSHA256 or ScramSHA512. Empty is no login.
	Mechanism          string
	Username, Password string
}

func (s Security) check() []error {
	var errs []error
	switch s.Mechanism {
	case "", Plain, ScramSHA256, ScramSHA512:
	default:
		errs = append(errs, fmt.Errorf("SASL mechanism %q is none of %s, %s, %s", s.Mechanism, Plain, ScramSHA256, ScramSHA512))
	}
	if s.Mechanism != "" && (s.Username == "" || s.Password == "") {
		errs = append(errs, fmt.Errorf("SASL mechanism %s needs a user name and a password", s.Mechanism))
	}
	if (s.CertFile == "") != (s.KeyFile == "") {
		errs = append(errs, errors.New("a client certificate and its key go together"))
	}
	return errs
}

// tlsConfig returns the configuration of TLS, or nil for plaintext.
func (s Security) tlsConfig() (*tls.Config, error) {
	if !s.TLS && s.CAFile == "" && s.CertFile == "" {
		return nil, nil
	}
	config := &tls.Config{
		MinVersion:         tls.VersionTLS12,
		ServerName:         s.ServerName,
		InsecureSkipVerify: s.Insecure,
	}
	if s.CAFile != "" {
		pem, err := os.ReadFile(s.CAFile)
		if err != nil {
			return nil, fmt.Errorf("read the certificate authorities: %w", err)
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("no certificate in %s", s.CAFile)
		}
	}
	if s.CertFile != "" {
		pair, err := tls.LoadX509KeyPair(s.CertFile, s.KeyFile)
		if err != nil {
			return nil, fmt.Errorf("read the client certificate: %w", err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return config, nil
}

// mechanism returns the SASL mechanism, or nil for no login.
func (s Security) mechanism() sasl.Mechanism {
	switch s.Mechanism {
	case Plain:
		return plain.Mechanism{Username: s.Username, Password: s.Password}
	case ScramSHA256, ScramSHA512:
		return scram{s.Mechanism, s.Username, s.Password}
	}
	return nil
}
