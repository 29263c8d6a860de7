package kafka

import (
	"bufio"
	"context"
	"crypto/tls"
	"net"
	"time"

	kafkago "github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/protocol"
	"github.com/segmentio/kafka-go/protocol/fetch"

	"tidemark/internal/shard"
)

// leader is a connection to the leader of a partition, over which a fetcher asks for records.
//
// The library's own reader of records drops the list of aborted transactions that the broker sends along, and the producer of each batch.
// So only the dialling, the login and the encoding of the request are the library's; the answer is read here.
type leader struct {
	net.Conn
	in      *bufio.Reader
	version int16 // of the fetch API
	asked   int32 // requests so far: each has its number, which the answer repeats
}

// newestFetch is the newest version of the fetch API that is spoken here: the last one that names topics as strings without more.
const newestFetch = 10

// dialLeader connects to the leader of p.
func (c *Cluster) dialLeader(ctx context.Context, p shard.Partition) (*leader, error) {
	found, err := c.partitions(ctx, string(p.Topic))
	if err != nil {
		return nil, err
	}
	for _, partition := range found[string(p.Topic)] {
		if partition.ID != p.Index {
			continue
		}
		if partition.Leader.Host == "" {
			return nil, kafkago.LeaderNotAvailable
		}
		return c.dialPartition(ctx, partition)
	}
	return nil, kafkago.UnknownTopicOrPartition
}

// dialPartition lets the library dial and log in, and then takes the connection over. The library has read nothing ahead: it asks for one
// answer at a time.
func (c *Cluster) dialPartition(ctx context.Context, partition kafkago.Partition) (*leader, error) {
	l := &leader{}
	dialer := c.dialerOn(c.network)
	dialer.TLS = nil // the connection is taken over above TLS
	dialer.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		var err error
		l.Conn, err = c.dialSecured(ctx, network, address)
		return l.Conn, err
	}
	conn, err := dialer.DialPartition(ctx, "tcp", "", partition)
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(c.config.RequestTimeout)) // it fails on a closed connection, and so does the request
	versions, err := conn.ApiVersions()
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	for _, v := range versions {
		if v.ApiKey == int16(protocol.Fetch) {
			l.version = min(v.MaxVersion, newestFetch)
		}
	}
	l.in = bufio.NewReaderSize(l.Conn, readAhead)
	return l, nil
}

// dialSecured opens a connection, with TLS where that is set.
func (c *Cluster) dialSecured(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := c.network.DialContext(ctx, network, address)
	if err != nil || c.dialer.TLS == nil {
		return conn, err
	}
	config := c.dialer.TLS
	if host, _, err := net.SplitHostPort(address); err == nil && config.ServerName == "" {
		config = config.Clone()
		config.ServerName = host
	}
	secured := tls.Client(conn, config)
	if err := secured.HandshakeContext(ctx); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return secured, nil
}

// ask asks for the records of p from an offset on, and returns the head of the answer. The record batches follow on the connection.
func (l *leader) ask(c Config, p shard.Partition, offset int64, isolation kafkago.IsolationLevel) (answerHead, error) {
	l.asked++
	err := protocol.WriteRequest(l.Conn, l.version, l.asked, c.ClientID, &fetch.Request{
		ReplicaID: -1, MaxWaitTime: int32(c.MaxWait.Milliseconds()), MinBytes: 1, MaxBytes: int32(c.FetchBytes),
		IsolationLevel: int8(isolation), SessionEpoch: -1, // no session: every answer stands for itself
		Topics: []fetch.RequestTopic{{Topic: string(p.Topic), Partitions: []fetch.RequestPartition{{
			Partition: int32(p.Index), CurrentLeaderEpoch: -1, FetchOffset: offset, LogStartOffset: -1, PartitionMaxBytes: int32(c.FetchBytes),
		}}}},
	})
	if err != nil {
		return answerHead{}, err
	}
	return readAnswerHead(l.in, l.version, l.asked)
}
