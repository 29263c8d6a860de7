package kafka

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	kafkago "github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/protocol"

	"tidemark/internal/stream"
)

func TestConfigCheck(t *testing.T) {
	if err := (Config{Brokers: []string{"kafka-1:9092", "[::1]:9092"}}).Check(); err != nil {
		t.Errorf("the defaults: %v, want no error", err)
	}
	// All mistakes at once.
	err := Config{
		Brokers:        []string{"kafka"},
		Security:       Security{Mechanism: "GSSAPI", CertFile: "client.pem"},
		SessionTimeout: 3 * time.Second, Heartbeat: 2 * time.Second,
		MaxWait: time.Second, Linger: -1, FetchRecords: -1,
	}.Check()
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{
		`"kafka" is not host:port`, `"GSSAPI" is none of`, "GSSAPI needs a user name", "go together",
		"heartbeat of 2s is not in 1ms–1s", "fetch wait of 1s is not in 1ms–500ms", "linger", "fetch records of -1",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error %q does not say %q", err, want)
		}
	}
	if err := (Config{}).Check(); err == nil || !strings.Contains(err.Error(), "no kafka broker") {
		t.Errorf("no brokers: %v, want an error that says so", err)
	}
}

func TestClusterRefusesFilesThatItCannotRead(t *testing.T) {
	empty := t.TempDir() + "/empty.pem"
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, security := range []Security{
		{CAFile: empty},
		{CAFile: empty + ".missing"},
		{CertFile: empty, KeyFile: empty},
	} {
		if _, err := NewCluster(Config{Brokers: []string{"localhost:9092"}, Security: security}); err == nil {
			t.Errorf("%+v: no error", security)
		}
	}
}

func TestErrorClass(t *testing.T) {
	for _, row := range []struct {
		err  error
		want string
	}{
		{nil, "none"},
		{stream.ErrOffsetOutOfRange, "offset_out_of_range"},
		{ErrGenerationEnded, "generation_ended"},
		{fmt.Errorf("%w: %w", ErrGenerationEnded, kafkago.IllegalGeneration), "generation_ended"},
		{ErrTopicMissing, "topic_missing"},
		{kafkago.UnknownTopicOrPartition, "topic_missing"},
		{ErrUnequalAssignment, "unequal_partitions"},
		{errMalformed, "malformed"},
		{kafkago.MessageTooLargeError{}, "message_too_large"},
		{kafkago.MessageSizeTooLarge, "message_too_large"},
		{context.Canceled, "canceled"},
		{kafkago.SASLAuthenticationFailed, "authentication"},
		{kafkago.TopicAuthorizationFailed, "authorization"},
		{kafkago.RebalanceInProgress, "rebalance"},
		{kafkago.RequestTimedOut, "timeout"},
		{kafkago.NotLeaderForPartition, "retriable"},
		{protocol.NewErrNoLeader("t", 0), "retriable"},
		{protocol.NewErrNoTopic("t"), "topic_missing"},
		{protocol.NewErrNoPartition("t", 0), "topic_missing"},
		{kafkago.InvalidTimestamp, "broker"},
		{context.DeadlineExceeded, "timeout"},
		{os.ErrDeadlineExceeded, "timeout"},
		{&net.OpError{Op: "dial", Err: errors.New("refused")}, "network"},
		{io.ErrUnexpectedEOF, "network"},
		{net.ErrClosed, "network"},
		{errSevered, "network"},
		{errors.New("something else"), "other"},
	} {
		wrapped := row.err
		if wrapped != nil {
			wrapped = fmt.Errorf("do it: %w", Retryable(row.err))
		}
		if got := ErrorClass(wrapped); got != row.want {
			t.Errorf("class of %v: %q, want %q", row.err, got, row.want)
		}
	}
}

func TestBackoffGrowsAndEnds(t *testing.T) {
	for failures, want := range map[int]time.Duration{1: firstPause, 2: 2 * firstPause, 4: 8 * firstPause, 7: longestPause, 1_000: longestPause} {
		if got := backoff(failures); got != want {
			t.Errorf("pause after %d failures: %v, want %v", failures, got, want)
		}
	}
}
