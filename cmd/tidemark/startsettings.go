package main

import "time"

// startSettings say how the service starts while its servers are away.
type startSettings struct {
	StartWithin time.Duration `help:"Longest wait at the start for Kafka, and for Redis, while they do not answer or Redis still loads its data. 0 waits for ever. Wrong passwords and missing topics end the start at once." default:"0"`
}
