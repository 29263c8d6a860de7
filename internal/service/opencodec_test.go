package service

import (
	"context"
	"errors"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"

	"tidemark/internal/avro"
)

// TestTheStartWaitsForTheRegistry: a registry that is not up yet is waited for; what it refuses ends the start.
func TestTheStartWaitsForTheRegistry(t *testing.T) {
	refused := errors.New("the subject holds another schema")
	for name, row := range map[string]struct{ then, want error }{"then it answers": {}, "then it refuses": {refused, refused}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				codec, err := avro.New(avro.Options{})
				if err != nil {
					t.Fatal(err)
				}
				tries := 0
				s := New(Config{Log: zap.NewNop(), OpenCodec: func(context.Context) (*avro.Codec, error) {
					if tries++; tries <= 90 {
						return nil, &net.OpError{Op: "dial", Err: errors.New("connection refused")}
					}
					return codec, row.then
				}})
				began := time.Now()
				if err := s.openCodec(t.Context()); !errors.Is(err, row.want) || tries != 91 || s.cfg.Codec != codec {
					t.Errorf("got error %v after %d tries, want %v after 91", err, tries, row.want)
				}
				if took := time.Since(began); took != 90*time.Second {
					t.Errorf("it waited %s, want a try a second", took)
				}
			})
		})
	}
}
