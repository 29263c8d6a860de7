package kafka

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"

	kafkago "github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/protocol"

	"tidemark/internal/stream"
)

// Errors that callers decide upon.
var (
	// ErrGenerationEnded is the error of a commit after the generation has ended. Another member may own the partitions now.
	ErrGenerationEnded = errors.New("consumer group generation has ended")
	// ErrTopicMissing is the error of an input topic that does not exist.
	ErrTopicMissing = errors.New("input topic missing")
	// ErrUnequalPartitions is the error of input topics with different partition counts. The events of one customer would go to
	// different lanes.
	ErrUnequalPartitions = errors.New("input topics have unequal partition counts")
	// ErrUnequalAssignment is the error of a group that assigned different partitions of the input topics to this member.
	ErrUnequalAssignment = errors.New("unequal assignment of the input topics")

	errMalformed = errors.New("answer that cannot be read")
)

// Retryable marks an error of a group's handler. After a marked error the group is joined again; after any other error Run
// returns.
func Retryable(err error) error { return &retryable{err} }

type retryable struct{ error }

func (r *retryable) Unwrap() error { return r.error }

func isRetryable(err error) bool {
	var r *retryable
	return errors.As(err, &r)
}

// ErrorClass returns the class of an error of this package, one of a closed set of short words.
func ErrorClass(err error) string {
	var tooLarge kafkago.MessageTooLargeError
	var broker kafkago.Error
	var network net.Error
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	switch {
	case err == nil:
		return "none"
	case errors.Is(err, ErrGenerationEnded):
		return "generation_ended"
	case errors.Is(err, stream.ErrOffsetOutOfRange):
		return "offset_out_of_range"
	case errors.Is(err, ErrTopicMissing), errors.Is(err, kafkago.UnknownTopicOrPartition),
		errors.Is(err, protocol.ErrNoTopic), errors.Is(err, protocol.ErrNoPartition):
		return "topic_missing"
	case errors.Is(err, ErrUnequalPartitions), errors.Is(err, ErrUnequalAssignment):
		return "unequal_partitions"
	case errors.Is(err, errMalformed):
		return "malformed"
	case errors.As(err, &tooLarge), errors.Is(err, kafkago.MessageSizeTooLarge), errors.Is(err, kafkago.RecordListTooLarge):
		return "message_too_large"
	case errors.Is(err, protocol.ErrNoLeader): // as brokers say while they shut down
		return "retriable"
	case errors.Is(err, context.Canceled):
		return "canceled"
	case errors.As(err, &broker):
		return brokerClass(broker)
	case errors.As(err, &certificate):
		return "authentication"
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return "timeout"
	case errors.As(err, &network), errors.As(err, &record), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed), errors.Is(err, errSevered):
		return "network"
	}
	return "other"
}

func brokerClass(err kafkago.Error) string {
	switch err {
	case kafkago.SASLAuthenticationFailed, kafkago.UnsupportedSASLMechanism, kafkago.IllegalSASLState:
		return "authentication"
	case kafkago.TopicAuthorizationFailed, kafkago.GroupAuthorizationFailed, kafkago.ClusterAuthorizationFailed:
		return "authorization"
	case kafkago.RebalanceInProgress, kafkago.IllegalGeneration, kafkago.UnknownMemberId:
		return "rebalance"
	}
	switch {
	case err.Timeout():
		return "timeout"
	case err.Temporary():
		return "retriable"
	}
	return "broker"
}
