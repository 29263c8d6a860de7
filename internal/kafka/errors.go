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

// What callers decide upon.
var (
	// ErrGenerationEnded is the error of a commit after the group has moved on: the partitions may be another member's.
	ErrGenerationEnded = errors.New("consumer group generation has ended")
	// ErrTopicMissing is the error of an input topic that does not exist.
	ErrTopicMissing = errors.New("input topic missing")
	// ErrUnequalPartitions is the error of input topics with different numbers of partitions: a customer's events would
	// not meet in one lane.
	ErrUnequalPartitions = errors.New("input topics have unequal partition counts")
	// ErrUnequalAssignment is the error of a group that gave us different partitions of the input topics.
	ErrUnequalAssignment = errors.New("unequal assignment of the input topics")

	errMalformed = errors.New("answer that cannot be read")
)

// Retryable marks an error of a group's handler after which the group is to be joined again rather than left for good.
func Retryable(err error) error { return &retryable{err} }

type retryable struct{ error }

func (r *retryable) Unwrap() error { return r.error }

func isRetryable(err error) bool {
	var r *retryable
	return errors.As(err, &r)
}

// ErrorClass names the kind of an error of this package in a closed set of short words, for those who decide by it or show
// it.
func ErrorClass(err error) string {
	var tooLarge kafkago.MessageTooLargeError
	var broker kafkago.Error
	var network net.Error
	var certificate *tls.CertificateVerificationError
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
	case errors.As(err, &network), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed), errors.Is(err, errSevered):
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
