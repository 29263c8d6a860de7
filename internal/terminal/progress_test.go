package terminal

import (
	"bytes"
	"strings"
	"testing"
)

func TestProgressSaysWhatIsWaitedFor(t *testing.T) {
	var screen bytes.Buffer
	shown := NewProgress(&screen, "publishing")
	shown.Wait(5_000, 70_000, "kafka (network)")
	if screen.Len() != 0 {
		t.Errorf("it drew %q, want nothing where there is no terminal", screen.String())
	}
	shown.w = &screen
	shown.Wait(5_000, 70_000, "kafka (network)")
	if got, want := screen.String(), "publishing waiting for kafka (network), 5000 of 70k done"; !strings.Contains(got, want) {
		t.Errorf("it drew %q, want %q", got, want)
	}
}

func TestBar(t *testing.T) {
	for _, row := range []struct {
		done, total int64
		want        string
	}{
		{0, 69659, "publishing [                                        ]   0 %  12k events/s"},
		{34830, 69659, "publishing [====================                    ]  50 %  12k events/s"},
		{69659, 69659, "publishing [========================================] 100 %  12k events/s"},
		{69659, 0, "publishing 70k events, 12k/s"},
	} {
		if got := bar("publishing", row.done, row.total, 12345, "events"); got != row.want {
			t.Errorf("bar of %d of %d = %q, want %q", row.done, row.total, got, row.want)
		}
	}
}
