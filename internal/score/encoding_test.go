package score_test

import (
	"errors"
	"math/rand/v2"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/score"
)

func TestEncodingOf(t *testing.T) {
	e := newEngine(t, event.Calendar{}, nil)
	today := score.TodaysEncoding
	p := fold(t, e, newLife(rand.New(rand.NewPCG(3, 7))))
	body := encode(p)
	body = body[:len(body)-4]
	with := func(more ...byte) []byte { return append(append([]byte{}, body...), more...) }
	for _, row := range []struct {
		why  string
		b    []byte
		want score.Encoding
		err  error
	}{
		{"as Append writes it", encode(p), today, nil},
		{"two sections of a newer version", seal(with(99, 1, 7, 100, 0)), score.Encoding{Version: today.Version, History: today.History, Unknown: 2}, nil},
		{"a newer version, whose sections nobody knows", seal([]byte{200, 1, 2, 3}), score.Encoding{Version: 200}, nil},
		{"a history of an older format", seal([]byte{1, 1, 1, 2}), score.Encoding{Version: 1, History: 2}, nil},
		{"no history", seal([]byte{1}), score.Encoding{Version: 1, History: today.History}, nil},
		{"nothing", nil, score.Encoding{}, score.ErrChecksum},
		{"bytes that have changed", with(1, 2, 3, 4), score.Encoding{}, score.ErrChecksum},
		{"a section that is cut short", seal([]byte{1, 2, 5, 'a'}), score.Encoding{Version: 1, History: today.History}, score.ErrCorrupt},
	} {
		got, err := score.EncodingOf(row.b)
		if got != row.want || !errors.Is(err, row.err) || (err == nil) != (row.err == nil) {
			t.Errorf("%s: got %+v, %v, want %+v, %v", row.why, got, err, row.want, row.err)
		}
	}
	for n := range body {
		_, _ = score.EncodingOf(seal(append([]byte{}, body[:n]...))) // whatever bytes come, it answers
	}
}
