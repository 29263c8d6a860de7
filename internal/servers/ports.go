package servers

import (
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
)

// Ports for servers lie below the ports that systems give to clients (32768 and up on Linux). So no client takes a server's port
// while the server is stopped, and the server can start again on the same port.
const (
	lowestPort  = 15_000
	highestPort = 32_000
)

// freePorts returns n different ports of loopback on which nobody listens.
func freePorts(n int) ([]int, error) {
	var ports []int
	var listeners []net.Listener // held open until all ports are found, so that the ports differ
	defer func() {
		for _, listener := range listeners {
			_ = listener.Close()
		}
	}()
	for range 100 * n {
		port := lowestPort + rand.IntN(highestPort-lowestPort)
		listener, err := net.Listen("tcp", address(port))
		if err != nil {
			continue
		}
		listeners = append(listeners, listener)
		if ports = append(ports, port); len(ports) == n {
			return ports, nil
		}
	}
	return nil, fmt.Errorf("find %d free ports between %d and %d: only %d", n, lowestPort, highestPort, len(ports))
}

func address(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }
