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
	"tidemark/internal/redis"
	"tidemark/internal/shard"
)

// kafkaSettings say how to reach Kafka.
type kafkaSettings struct {
	KafkaBrokers      []string `help:"Bootstrap addresses, host:port." default:"localhost:9092" placeholder:"HOST:PORT"`
	KafkaGroup        string   `help:"Consumer group." default:"tidemark"`
	KafkaClientID     string   `help:"Client id." default:"tidemark"`
	KafkaTLS          bool     `name:"kafka-tls" help:"Encrypt the connections."`
	KafkaCA           string   `name:"kafka-ca" help:"PEM file of the authorities that sign the brokers' certificates." placeholder:"FILE"`
	KafkaCert         string   `help:"PEM file of the client certificate." placeholder:"FILE"`
	KafkaKey          string   `help:"PEM file of its key." placeholder:"FILE"`
	KafkaInsecure     bool     `help:"Accept any certificate; for trials only."`
	KafkaSASL         string   `name:"kafka-sasl" help:"SASL mechanism: PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512." placeholder:"MECHANISM"`
	KafkaUser         string   `help:"SASL user."`
	KafkaPasswordFile string   `help:"File that holds the SASL password; or set TIDEMARK_KAFKA_PASSWORD." placeholder:"FILE"`
}

func (k kafkaSettings) config() (kafka.Config, error) {
	password, err := secret("TIDEMARK_KAFKA_PASSWORD", k.KafkaPasswordFile)
	if err != nil {
		return kafka.Config{}, err
	}
	return kafka.Config{
		Brokers: k.KafkaBrokers, Group: k.KafkaGroup, ClientID: k.KafkaClientID,
		Security: kafka.Security{
			TLS: k.KafkaTLS, CAFile: k.KafkaCA, CertFile: k.KafkaCert, KeyFile: k.KafkaKey, Insecure: k.KafkaInsecure,
			Mechanism: k.KafkaSASL, Username: k.KafkaUser, Password: password,
		},
	}, nil
}

func (k kafkaSettings) cluster() (*kafka.Cluster, error) {
	config, err := k.config()
	if err != nil {
		return nil, err
	}
	return kafka.NewCluster(config)
}

// redisSettings say how to reach Redis.
type redisSettings struct {
	RedisURL          string `name:"redis-url" help:"Redis as redis:// or rediss:// URL, with user and database; no password here." default:"redis://localhost:6379/0" placeholder:"URL"`
	RedisCluster      bool   `help:"The URL names a node of a Redis Cluster."`
	RedisPasswordFile string `help:"File that holds the password; or set TIDEMARK_REDIS_PASSWORD." placeholder:"FILE"`
	RedisPrefix       string `help:"Prefix of all keys." default:"tm"`
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

// store connects to the data that is there. It is for commands that only look: the layout is that of the data, empty where
// there is none.
func (r redisSettings) store(ctx context.Context) (*redis.Store, shard.Layout, error) {
	client, err := r.client()
	if err != nil {
		return nil, shard.Layout{}, err
	}
	store, err := redis.New(client, r.RedisPrefix, shard.Layout{})
	if err != nil {
		return nil, shard.Layout{}, err
	}
	layout, ok, err := store.Layout(ctx)
	if err != nil || !ok {
		return store, layout, err
	}
	store, err = redis.New(client, r.RedisPrefix, layout)
	return store, layout, err
}

// withPassword returns a URL with a password in it, or as it was where there is none.
func withPassword(address, password string) (string, error) {
	if password == "" {
		return address, nil
	}
	u, err := url.Parse(address)
	if err != nil {
		return "", fmt.Errorf("redis URL: %w", errors.Unwrap(err)) // the URL itself may hold a secret
	}
	u.User = url.UserPassword(u.User.Username(), password)
	return u.String(), nil
}

// registrySettings say how to reach a schema registry.
type registrySettings struct {
	RegistryURL          []string `name:"registry-url" help:"Schema registry (Confluent's API); the embedded schemas and their fixed ids if not given." placeholder:"URL"`
	RegistryUser         string   `help:"User of the registry."`
	RegistryPasswordFile string   `help:"File that holds the password; or set TIDEMARK_REGISTRY_PASSWORD." placeholder:"FILE"`
}

// registry returns the client of the registry, nil where none is set.
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

// codec returns the codec of all messages. With a registry our schemas are registered there first.
func (r registrySettings) codec(ctx context.Context) (*avro.Codec, error) {
	registry, err := r.registry()
	if err != nil {
		return nil, err
	}
	options := avro.Options{Registry: registry}
	if registry != nil {
		if options.IDs, err = registry.Register(ctx); err != nil {
			return nil, fmt.Errorf("schema registry: %w", err)
		}
	}
	return avro.New(options)
}

// secret reads a password from the variable of a name, or from a file. Passwords are never flags: those show in process lists.
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
