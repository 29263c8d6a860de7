package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"

	goredis "github.com/redis/go-redis/v9"

	"tidemark/internal/avro"
	"tidemark/internal/kafka"
	"tidemark/internal/reach"
	"tidemark/internal/redis"
	"tidemark/internal/shard"
)

// kafkaSettings say how to reach Kafka.
type kafkaSettings struct {
	KafkaBrokers      []string `group:"kafka" help:"Bootstrap addresses, host:port, separated by commas." default:"localhost:9092"`
	KafkaClientID     string   `group:"kafka" help:"Name of this client in the brokers' logs and quotas." default:"tidemark"`
	KafkaTLS          bool     `group:"kafka" name:"kafka-tls" help:"Encrypt the connections with TLS."`
	KafkaCA           string   `group:"kafka" name:"kafka-ca" help:"PEM file of the authorities that sign the brokers' certificates." placeholder:"FILE"`
	KafkaCert         string   `group:"kafka" help:"PEM file of the client certificate." placeholder:"FILE"`
	KafkaKey          string   `group:"kafka" help:"PEM file of the key of the client certificate." placeholder:"FILE"`
	KafkaInsecure     bool     `group:"kafka" help:"Accept any certificate of a broker; for trials only."`
	KafkaSASL         string   `group:"kafka" name:"kafka-sasl" help:"SASL mechanism: PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512." placeholder:"MECHANISM"`
	KafkaUser         string   `group:"kafka" help:"SASL user." placeholder:"NAME"`
	KafkaPasswordFile string   `group:"kafka" help:"File that holds the SASL password. Or set TIDEMARK_KAFKA_PASSWORD." placeholder:"FILE"`
}

// groupSettings name the consumer group.
type groupSettings struct {
	KafkaGroup string `group:"kafka" help:"Consumer group." default:"tidemark"`
}

func (k kafkaSettings) config() (kafka.Config, error) {
	password, err := secret("TIDEMARK_KAFKA_PASSWORD", k.KafkaPasswordFile)
	if err != nil {
		return kafka.Config{}, err
	}
	return kafka.Config{
		Brokers: k.KafkaBrokers, ClientID: k.KafkaClientID,
		Security: kafka.Security{
			TLS: k.KafkaTLS, CAFile: k.KafkaCA, CertFile: k.KafkaCert, KeyFile: k.KafkaKey, Insecure: k.KafkaInsecure,
			Mechanism: k.KafkaSASL, Username: k.KafkaUser, Password: password,
		},
	}, nil
}

// configOf is config for commands that read events of bounded size for a consumer group.
func (k kafkaSettings) configOf(g groupSettings, l limitSettings) (kafka.Config, error) {
	config, err := k.config()
	config.Group, config.RecordBytes, config.BatchBytes = g.KafkaGroup, int(l.MaxRecord), int(l.MaxBatch)
	return config, err
}

func (k kafkaSettings) cluster() (*kafka.Cluster, error) { return k.clusterOf(groupSettings{}) }

// clusterOf is cluster for commands that join a consumer group or read its committed offsets.
func (k kafkaSettings) clusterOf(g groupSettings) (*kafka.Cluster, error) {
	config, err := k.config()
	if err != nil {
		return nil, err
	}
	config.Group = g.KafkaGroup
	return kafka.NewCluster(config)
}

// redisSettings say how to reach Redis.
type redisSettings struct {
	RedisURL          string `group:"redis" name:"redis-url" help:"Address, redis:// or rediss://, with user and database but without password." default:"redis://localhost:6379/0"`
	RedisCluster      bool   `group:"redis" help:"The address names a node of a Redis Cluster."`
	RedisPasswordFile string `group:"redis" help:"File that holds the password. Or set TIDEMARK_REDIS_PASSWORD." placeholder:"FILE"`
	RedisPrefix       string `group:"redis" help:"Prefix of the names of all keys." default:"tm"`
}

func (r redisSettings) client() (goredis.UniversalClient, error) {
	password, err := secret("TIDEMARK_REDIS_PASSWORD", r.RedisPasswordFile)
	if err != nil {
		return nil, err
	}
	address, err := withPassword(r.RedisURL, password)
	if err != nil {
		return nil, err
	}
	return redis.Dial(address, r.RedisCluster)
}

// database is the connection of commands that only read: to data of any layout.
type database struct {
	*redis.Store
	client goredis.UniversalClient
	prefix string
}

// open returns a database. The connection is made by the first query.
func (r redisSettings) open() (*database, error) {
	client, err := r.client()
	if err != nil {
		return nil, err
	}
	store, err := redis.New(client, r.RedisPrefix, shard.Layout{})
	if err != nil {
		return nil, errors.Join(err, client.Close())
	}
	return &database{store, client, r.RedisPrefix}, nil
}

// laidOut returns the store for data with the layout l.
func (d *database) laidOut(l shard.Layout) (*redis.Store, error) {
	return redis.New(d.client, d.prefix, l)
}

// errNoData is the error of commands that look for data where Tidemark has never run.
var errNoData = errors.New("there is no data of Tidemark in Redis: are --redis-url and --redis-prefix those of the service?")

// data returns the store for the data that is there, and its layout. It fails with errNoData where there is none.
func (d *database) data(ctx context.Context) (*redis.Store, shard.Layout, error) {
	layout, ok, err := d.Layout(ctx)
	if err != nil {
		return nil, layout, err
	}
	if !ok {
		return nil, layout, errNoData
	}
	store, err := d.laidOut(layout)
	return store, layout, err
}

func (d *database) close() { _ = d.client.Close() }

// withPassword returns a URL with the password in it. With an empty password the URL stays as it is.
func withPassword(address, password string) (string, error) {
	if password == "" {
		return address, nil
	}
	u, err := url.Parse(address)
	if err != nil {
		if parse, ok := errors.AsType[*url.Error](err); ok {
			err = parse.Err // the URL itself may hold a secret
		}
		return "", fmt.Errorf("redis URL: %w", err)
	}
	u.User = url.UserPassword(u.User.Username(), password)
	return u.String(), nil
}

// registrySettings say how to reach a schema registry.
type registrySettings struct {
	RegistryURL          []string `group:"registry" name:"registry-url" help:"Address of a registry with Confluent's API. Without it: the embedded schemas with fixed ids." placeholder:"URL"`
	RegistryUser         string   `group:"registry" help:"User of the registry." placeholder:"NAME"`
	RegistryPasswordFile string   `group:"registry" help:"File that holds the password. Or set TIDEMARK_REGISTRY_PASSWORD." placeholder:"FILE"`
}

// registry returns the client of the registry, nil without --registry-url.
func (r registrySettings) registry() (*avro.Registry, error) {
	if len(r.RegistryURL) == 0 {
		return nil, nil
	}
	password, err := secret("TIDEMARK_REGISTRY_PASSWORD", r.RegistryPasswordFile)
	if err != nil {
		return nil, err
	}
	return avro.NewRegistry(avro.RegistryOptions{URLs: r.RegistryURL, User: r.RegistryUser, Password: password})
}

// unreachable names the registry in an error of a connection.
func (r registrySettings) unreachable(err error) error {
	symptom, ok := reach.Of(err)
	if !ok {
		return err
	}
	return &reach.Error{Server: "Schema registry", Addresses: r.RegistryURL, Login: r.RegistryUser != "", Symptom: symptom, Err: err}
}

// codec returns the codec of all messages. It decodes messages of at most maxRecord bytes. If there is a registry, codec first registers
// our schemas there.
func (r registrySettings) codec(ctx context.Context, maxRecord byteSize) (*avro.Codec, error) {
	registry, err := r.registry()
	if err != nil {
		return nil, err
	}
	options := avro.Options{Registry: registry, MaxBytes: int(maxRecord)}
	if registry != nil {
		if options.IDs, err = registry.Register(ctx); err != nil {
			return nil, r.unreachable(fmt.Errorf("schema registry: %w", err))
		}
	}
	return avro.New(options)
}

// secret reads a password from an environment variable or from a file. No password is a flag: process lists show flags.
func secret(variable, file string) (string, error) {
	if value := os.Getenv(variable); value != "" {
		if file != "" {
			return "", errors.New(variable + " and its file are both set: give one")
		}
		return value, nil
	}
	if file == "" {
		return "", nil
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("password: %w", err)
	}
	return strings.TrimRight(string(raw), "\r\n"), nil
}
