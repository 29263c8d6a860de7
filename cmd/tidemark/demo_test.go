package main

import (
	"context"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"
)

var demoArgs = []string{"demo", "--customers", "150", "--partitions", "2", "--kafka-port", "0", "--redis-port", "0", "--admin", "127.0.0.1:0"}

// TestDemo plays a small year in seconds and adds up what the summary says.
func TestDemo(t *testing.T) {
	got := tidemark(t, append(demoArgs, "--in", "4s")...)
	if got.code != 0 || got.err != "" {
		t.Fatalf("exit code %d, saying %s, want 0 and nothing", got.code, got.err)
	}
	if strings.Contains(got.out, "\x1b") {
		t.Error("there are escape sequences in the output, want plain lines where there is no terminal")
	}
	sum := summaryOf(t, got.out)
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
	if !strings.Contains(got.out, "of the "+strconv.Itoa(alerted)+" under alert") {
		t.Errorf("the truth is told of another number than %d", alerted)
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
		got := tidemark(t, append(demoArgs, "--in", "1h", "--for", "1s")...)
		if got.code != 0 || !strings.Contains(got.out, "\nevents ") {
			t.Fatalf("exit code %d, saying %s%s, want 0 and a summary", got.code, got.out, got.err)
		}
		port := address.FindStringSubmatch(got.out)[1]
		if conn, err := net.DialTimeout("tcp", "127.0.0.1:"+port, time.Second); err == nil {
			_ = conn.Close()
			t.Errorf("somebody still listens on port %s", port)
		}
	})
	t.Run("interrupted while it stays", func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		out := &awaited{words: "stay up until interrupted", found: make(chan struct{})}
		code := make(chan int, 1)
		go func() {
			code <- run(ctx, append(slices.Clone(demoArgs), "--days", "20", "--in", "500ms", "--stay"), streams{out, out})
		}()
		select {
		case <-out.found:
		case <-time.After(longest):
			t.Fatalf("it never came to stay, saying %s", out.text())
		}
		// A reader can look meanwhile.
		client := goredis.NewClient(&goredis.Options{Addr: "127.0.0.1:" + address.FindStringSubmatch(out.text())[1]})
		defer client.Close()
		eventually(t, longest, "there are scores in Redis", func() bool {
			keys, err := client.Keys(ctx, "tm:score:*").Result()
			return err == nil && len(keys) > 0
		})
		stop()
		select {
		case got := <-code:
			if got != 0 {
				t.Errorf("exit code %d, want 0", got)
			}
		case <-time.After(longest):
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
	port := func(i int) string { _, port, _ := net.SplitHostPort(taken[i]); return port }
	got := tidemark(t, "demo", "--customers", "20", "--days", "10", "--in", "300ms", "--kafka-port", port(0), "--redis-port", port(1), "--admin", taken[2])
	if got.code != 0 {
		t.Fatalf("exit code %d, saying %s, want 0", got.code, got.err)
	}
	for _, address := range taken {
		if _, port, _ := net.SplitHostPort(address); strings.Contains(got.out, port+" ") || strings.Contains(got.out, port+"/") {
			t.Errorf("it names port %s, which is another's:\n%s", port, got.out)
		}
	}
}
