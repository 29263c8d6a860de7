package redis

import (
	"errors"
	"fmt"
	"net/url"

	goredis "github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// Dial returns a client of the server at a URL (redis:// or rediss://, with user, password and database as usual), or
// of the cluster to which that server and those of its addr parameters belong. It connects when it is first used. Other
// parameters of the URL are go-redis's own, such as read_timeout.
func Dial(rawURL string, cluster bool) (goredis.UniversalClient, error) {
	if cluster {
		o, err := goredis.ParseClusterURL(rawURL)
		if err != nil {
			return nil, urlError(err)
		}
		if o.ReadOnly || o.RouteByLatency || o.RouteRandomly {
			return nil, errors.New("redis URL: reads must ask the master: a replica's marks and profiles may be old")
		}
		o.ContextTimeoutEnabled = true // else a cancelled call waits for the socket's own timeout
		o.MaintNotificationsConfig = noNotifications()
		return goredis.NewClusterClient(o), nil
	}
	o, err := goredis.ParseURL(rawURL)
	if err != nil {
		return nil, urlError(err)
	}
	o.ContextTimeoutEnabled = true
	o.MaintNotificationsConfig = noNotifications()
	return goredis.NewClient(o), nil
}

// noNotifications spares each new connection a command that only Redis Cloud knows.
func noNotifications() *maintnotifications.Config {
	return &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
}

// urlError leaves out the URL, which may hold a password.
func urlError(err error) error {
	if parse, ok := errors.AsType[*url.Error](err); ok {
		err = parse.Err
	}
	return fmt.Errorf("redis URL: %w", err)
}
