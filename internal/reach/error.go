// Package reach says why a server cannot be reached. It knows symptoms, not remedies: the flags that mend a symptom are the command's.
package reach

import "strings"

// Error is the error of a call that did not get through to a server, or that the server let nobody in for.
type Error struct {
	// Server names the kind of server, such as Kafka.
	Server string
	// Addresses are those that the user gave, host:port.
	Addresses []string
	// TLS, Login and Cluster say how the client speaks: encrypted, with a user or a password, to a Redis Cluster.
	TLS, Login, Cluster bool
	Symptom             Symptom
	Err                 error
}

// Where names the server and its addresses.
func (e *Error) Where() string { return e.Server + " at " + strings.Join(e.Addresses, ", ") }

func (e *Error) Error() string { return e.Where() + ": " + e.Err.Error() }

// Unwrap returns what the client library said.
func (e *Error) Unwrap() error { return e.Err }
