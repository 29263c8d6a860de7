package redis

import (
	"errors"
	"slices"
	"strings"
	"testing"

	goredis "github.com/redis/go-redis/v9"

	"tidemark/internal/shard"
)

// TestOpenAnotherFormat: a program opens no layout of another format. It says which program can, or that a rebuild helps.
func TestOpenAnotherFormat(t *testing.T) {
	for _, row := range []struct {
		why, format string
		newer       bool
		want        string
	}{
		{"of a newer version", "2", true, "format 2, this program knows 1"},
		{"of an older version", "0", false, "tidemark rebuild"},
		{"without a format", "", false, "tidemark rebuild"},
	} {
		s := newStore(t, openMiniredis(t), testLayout)
		if err := s.Open(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := s.client.HSet(t.Context(), s.key("meta"), "format", row.format).Err(); err != nil {
			t.Fatal(err)
		}
		err := s.Open(t.Context())
		if !errors.Is(err, ErrLayout) || errors.Is(err, shard.ErrNewer) != row.newer || !strings.Contains(err.Error(), row.want) {
			t.Errorf("a layout %s: got error %v, want %v that says %q, newer: %t", row.why, err, ErrLayout, row.want, row.newer)
		}
		if format, err := s.LayoutFormat(t.Context()); err != nil || format != row.format {
			t.Errorf("format of a layout %s: got %q, %v, want %q", row.why, format, err, row.format)
		}
	}
}

func TestFormats(t *testing.T) {
	eachServer(t, func(t *testing.T, client goredis.UniversalClient) {
		ctx, s := t.Context(), newStore(t, client, testLayout)
		if format, err := s.LayoutFormat(ctx); err != nil || format != "" {
			t.Errorf("format of no layout: got %q, %v, want none", format, err)
		}
		for n := range 2 {
			if err := s.Commit(ctx, []shard.Commit{{Shard: n, Token: "one"}})[0]; err != nil {
				t.Fatal(err)
			}
		}
		if err := client.HSet(ctx, s.keys(1)[metaKey], "format", Format+6).Err(); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Metas(ctx, []int{1}); !errors.Is(err, shard.ErrNewer) {
			t.Errorf("head of a newer version: got error %v, want %v", err, shard.ErrNewer)
		}
		got, err := s.Formats(ctx, []int{0, 1, 2})
		if want := []int64{Format, Format + 6, 0}; err != nil || !slices.Equal(got, want) {
			t.Errorf("formats: got %v, %v, want %v: the last shard does not exist", got, err, want)
		}
		if _, err := s.Formats(ctx, []int{testLayout.Shards}); err == nil {
			t.Error("format of a shard out of range: got no error, want one")
		}
	})
}
