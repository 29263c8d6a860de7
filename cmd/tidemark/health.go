package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"tidemark/internal/service"
)

// healthWithin is the deadline of the answer. The service itself waits for Redis for up to two seconds.
const healthWithin = 5 * time.Second

// healthCommand asks a running service whether it is ready. An image that holds no other program, such as curl, needs it.
type healthCommand struct {
	Admin string `help:"Address of the service, host:port, as its --admin flag has it." default:"127.0.0.1:9464"`
}

// Run prints the answer of /readyz. It returns an error if the service is not ready or does not answer.
func (c *healthCommand) Run(ctx context.Context, s streams) error {
	address, err := reachable(c.Admin)
	if err != nil {
		return fmt.Errorf("--admin: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, healthWithin)
	defer cancel()
	said, err := ask(ctx, "http://"+address+"/readyz")
	if err != nil {
		said = err.Error()
	}
	var answer service.Readiness
	if wrong := json.Unmarshal([]byte(said), &answer); wrong != nil {
		return cmp.Or(err, wrong) // nobody answers, or another program
	}
	if !answer.Ready {
		return errors.New(answer.String())
	}
	_, err = fmt.Fprintln(s.out, answer)
	return err
}

// reachable returns the address at which a listener is reached from its own machine.
func reachable(listen string) (string, error) {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return "", err
	}
	if ip := net.ParseIP(host); host == "" || ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port), nil
}

// ask returns the text of the answer of a URL. If the status is not 200, ask returns the text as an error.
func ask(ctx context.Context, url string) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return "", err
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}} // and no proxy of the environment
	response, err := client.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, 4<<10))
	if err != nil {
		return "", fmt.Errorf("%s: %w", url, err)
	}
	answer := strings.TrimSpace(string(text))
	if response.StatusCode != http.StatusOK {
		return "", errors.New(answer)
	}
	return answer, nil
}
