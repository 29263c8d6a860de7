package redis

import (
	"errors"
	"fmt"
	"net/url"

	goredis "github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"tidemark/internal/reach"
)

// Dial returns a client of the server at a URL, redis://user:password@host:port/database, or rediss:// for TLS. If cluster is true,
// the server, and the servers in addr parameters of the URL, are nodes of one Redis Cluster. Other parameters are those of
// go-redis, such as read_timeout. The client connects when it is first used.
//
// Dial fails if the URL cannot be read, or lets a cluster's replicas answer reads. Its errors do not hold the URL.
func Dial(rawURL string, cluster bool) (goredis.UniversalClient, error) {
	if cluster {
		o, err := goredis.ParseClusterURL(rawURL)
		if err != nil {
			return nil, urlError(err)
		}
		if o.ReadOnly || o.RouteByLatency || o.RouteRandomly {
			return nil, errors.New("redis URL: reads must ask the master: a replica's marks and profiles may be old")
		}
		o.ContextTimeoutEnabled = true // otherwise a cancelled call waits until the socket times out
		o.MaintNotificationsConfig = noNotifications()
		client := goredis.NewClusterClient(o)
		client.AddHook(&unreachable{reach.Error{Server: "Redis Cluster", Addresses: o.Addrs, TLS: o.TLSConfig != nil, Login: o.Password != "", Cluster: true}})
		return client, nil
	}
	o, err := goredis.ParseURL(rawURL)
	if err != nil {
		return nil, urlError(err)
	}
	o.ContextTimeoutEnabled = true
	o.MaintNotificationsConfig = noNotifications()
	client := goredis.NewClient(o)
	client.AddHook(&unreachable{reach.Error{Server: "Redis", Addresses: []string{o.Addr}, TLS: o.TLSConfig != nil, Login: o.Password != ""}})
	return client, nil
}

// noNotifications switches maintenance notifications off: they cost each new connection a command that only Redis Cloud knows.
func noNotifications() *maintnotifications.Config {
	return &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
}

// urlError wraps an error about the URL without the URL, which may hold a password.
func urlError(err error) error {
	if parse, ok := errors.AsType[*url.Error](err); ok {
		err = parse.Err
	}
	return fmt.Errorf("redis URL: %w", err)
}
