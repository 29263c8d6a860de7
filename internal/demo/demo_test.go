package demo

import (
	"bytes"
	"context"
	"net"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"
)

// small is a shop that a test has time for, on any free ports.
func small(in time.Duration) Config {
	return Config{Customers: 150, Seed: 1, Days: 365, In: in, Partitions: 2, Admin: "127.0.0.1:0"}
}

// play plays a demo to its end and returns what it printed.
func play(t *testing.T, c Config) string {
	t.Helper()
	var out bytes.Buffer
	if err := Run(t.Context(), c, &out); err != nil {
		t.Fatalf("the demo ended with %v, want no error; it said\n%s", err, &out)
	}
	return out.String()
}

// TestDemo plays a small year in seconds and adds up what the summary says.
func TestDemo(t *testing.T) {
	got := play(t, small(4*time.Second))
	if strings.Contains(got, "\x1b") {
		t.Error("there are escape sequences in the output, want plain lines where there is no terminal")
	}
	sum := summaryOf(t, got)
	if sum["sent"] == 0 || sum["for the second time"] == 0 || sum["broken"] == 0 {
		t.Errorf("%d events, %d twice, %d broken, want some of each", sum["sent"], sum["for the second time"], sum["broken"])
	}
	letters := sum["FROM_THE_FUTURE"] + sum["UNKNOWN_SCHEMA"] + sum["MALFORMED"] + sum["UNKNOWN_CURRENCY"]
	if letters != sum["broken"] {
		t.Errorf("%d dead letters, want one for each of the %d broken events", letters, sum["broken"])
	}
	standing := sum["high"] + sum["potential"] + sum["general"] + sum["low"]
	if want := sum["tier entry"] - sum["tier exit"]; standing != want || want == 0 {
		t.Errorf("%d customers in tiers, want as many as entered and did not leave: %d", standing, want)
	}
	alerted := sum["critical"] + sum["at risk"] + sum["watch"]
	if want := sum["alert raised"] - sum["alert resolved"] - sum["alert retracted"]; alerted != want || want == 0 {
		t.Errorf("%d customers under alert, want as many as were raised and not resolved: %d", alerted, want)
	}
	if !strings.Contains(got, "of the "+strconv.Itoa(alerted)+" under alert") {
		t.Errorf("the summary names another number under alert than %d", alerted)
	}
}

// summaryOf finds the numbers of the summary by the words beside them.
func summaryOf(t *testing.T, out string) map[string]int {
	t.Helper()
	_, out, ok := strings.Cut(out, "\nevents       ")
	if !ok {
		t.Fatalf("no summary in\n%s", out)
	}
	out = strings.ReplaceAll(out, ",", "\x00")
	out = regexp.MustCompile("\x00(\\d{3})").ReplaceAllString(out, "$1")
	sum := map[string]int{}
	for _, word := range []string{"sent", "broken"} {
		sum[word] = number(out, regexp.MustCompile(`(\d+) `+word))
	}
	sum["for the second time"] = number(out, regexp.MustCompile(`(\d+) of them for the second time`))
	for _, word := range []string{
		"FROM_THE_FUTURE", "UNKNOWN_SCHEMA", "MALFORMED", "UNKNOWN_CURRENCY", "high", "potential", "general", "low", "critical", "at risk",
		"watch", "tier entry", "tier exit", "alert raised", "alert resolved", "alert retracted",
	} {
		sum[word] = number(out, regexp.MustCompile(`\b`+word+` (\d+)`))
	}
	return sum
}

func number(out string, of *regexp.Regexp) int {
	found := of.FindStringSubmatch(out)
	if found == nil {
		return 0
	}
	n, _ := strconv.Atoi(found[1])
	return n
}

// TestDemoStops: after a time, or when interrupted, it ends with its summary, and nothing listens any more.
func TestDemoStops(t *testing.T) {
	address := regexp.MustCompile(`-p (\d+) HGETALL`)
	t.Run("after a time", func(t *testing.T) {
		c := small(time.Hour)
		c.For = time.Second
		got := play(t, c)
		if !strings.Contains(got, "\nevents ") {
			t.Fatalf("it said %s, want a summary", got)
		}
		port := address.FindStringSubmatch(got)[1]
		if conn, err := net.DialTimeout("tcp", "127.0.0.1:"+port, time.Second); err == nil {
			_ = conn.Close()
			t.Errorf("somebody still listens on port %s", port)
		}
	})
	t.Run("interrupted while it stays", func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		out := &awaited{words: "stay up until interrupted", found: make(chan struct{})}
		c := small(500 * time.Millisecond)
		c.Days, c.Stay = 20, true
		ended := make(chan error, 1)
		go func() { ended <- Run(ctx, c, out) }()
		select {
		case <-out.found:
		case <-time.After(time.Minute):
			t.Fatalf("it never came to stay, saying %s", out.text())
		}
		// A reader can look meanwhile.
		client := goredis.NewClient(&goredis.Options{Addr: "127.0.0.1:" + address.FindStringSubmatch(out.text())[1]})
		defer client.Close()
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		for deadline := time.Now().Add(time.Minute); ; <-tick.C {
			keys, err := client.Keys(ctx, "tm:score:*").Result()
			if err == nil && len(keys) > 0 {
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("got %d scores in Redis and error %v, want some", len(keys), err)
			}
		}
		stop()
		select {
		case err := <-ended:
			if err != nil {
				t.Errorf("it ended with %v, want no error", err)
			}
		case <-time.After(time.Minute):
			t.Fatal("it does not end")
		}
	})
}

// Where a port is taken, a free one serves.
func TestDemoBesideAnotherServer(t *testing.T) {
	taken := make([]string, 3)
	for i := range taken {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = listener.Close() })
		taken[i] = listener.Addr().String()
	}
	port := func(i int) int {
		address, err := netip.ParseAddrPort(taken[i])
		if err != nil {
			t.Fatal(err)
		}
		return int(address.Port())
	}
	c := small(300 * time.Millisecond)
	c.Customers, c.Days, c.KafkaPort, c.RedisPort, c.Admin = 20, 10, port(0), port(1), taken[2]
	got := play(t, c)
	for _, address := range taken {
		if _, port, _ := net.SplitHostPort(address); strings.Contains(got, port+" ") || strings.Contains(got, port+"/") {
			t.Errorf("it names port %s, which is another's:\n%s", port, got)
		}
	}
}
