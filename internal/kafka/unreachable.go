package kafka

import (
	"context"
	"errors"
	"net"

	kafkago "github.com/segmentio/kafka-go"

	"tidemark/internal/reach"
)

// unreachable names the brokers in an error of a connection or of a login, as a *reach.Error. It returns other errors as they are.
func (c *Cluster) unreachable(err error) error {
	symptom, ok := symptomOf(err)
	if already := (*reach.Error)(nil); !ok || errors.As(err, &already) {
		return err
	}
	return &reach.Error{
		Server: "Kafka", Addresses: c.config.Brokers, TLS: c.dialer.TLS != nil, Login: c.config.Security.Mechanism != "",
		Symptom: symptom, Err: err,
	}
}

func symptomOf(err error) (reach.Symptom, bool) {
	switch {
	case errors.Is(err, kafkago.SASLAuthenticationFailed), errors.Is(err, errScram):
		return reach.LoginRefused, true
	case errors.Is(err, kafkago.UnsupportedSASLMechanism), errors.Is(err, kafkago.IllegalSASLState):
		return reach.LoginUnknown, true
	case errors.Is(err, kafkago.TopicAuthorizationFailed), errors.Is(err, kafkago.GroupAuthorizationFailed), errors.Is(err, kafkago.ClusterAuthorizationFailed):
		return reach.Forbidden, true
	case errors.As(err, new(kafkago.Error)): // the brokers have answered
		return reach.Unreached, false
	}
	return reach.Of(err)
}

// namedTransport is the library's transport. Its errors name the brokers.
type namedTransport struct{ *Cluster }

// RoundTrip sends a request and waits for the answer.
func (t namedTransport) RoundTrip(ctx context.Context, addr net.Addr, request kafkago.Request) (kafkago.Response, error) {
	answer, err := t.transport.RoundTrip(ctx, addr, request)
	if err != nil {
		return nil, t.unreachable(err)
	}
	return answer, nil
}
