//go:build !service

package main

import (
	"strings"
	"testing"
	"time"
)

func TestHorizonOfABacktest(t *testing.T) {
	for _, row := range []struct {
		why         string
		flag, model int // days
		want        int
	}{
		{"the model that comes with Tidemark: thirteen weeks", 0, 90, 91},
		{"whole weeks stay", 0, 91, 91},
		{"a yearly business", 0, 377, 378},
		{"the longest horizon", 0, 728, 728},
		{"a flag", 30, 90, 30},
	} {
		var said strings.Builder
		c := backtestCommand{HorizonDays: row.flag}
		c.look(time.Duration(row.model)*24*time.Hour, &said)
		if c.HorizonDays != row.want || (said.Len() > 0) != (row.flag == 0) {
			t.Errorf("%s: got %d days, saying %q; want %d", row.why, c.HorizonDays, said.String(), row.want)
		}
	}
}
