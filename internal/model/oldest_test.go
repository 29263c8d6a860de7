package model_test

import (
	"strings"
	"testing"

	"tidemark/internal/model"
)

func TestOldest(t *testing.T) {
	for _, row := range []struct{ written, want string }{
		{"", "1990-01-01"},
		{"oldest: 2015-06-01\n", "2015-06-01"},
		{"oldest: 1970-01-01\n", "1970-01-01"},
	} {
		m, err := model.Parse(append(model.Default(), row.written...))
		if err != nil || m.Oldest.String() != row.want {
			t.Errorf("%q: got %s and %v, want %s", row.written, m.Oldest, err, row.want)
		}
	}
	for written, want := range map[string]string{"1969-12-31": "oldest: 1969-12-31 lies before", "2015": `oldest: "2015" is no date`} {
		if _, err := model.Parse(append(model.Default(), "oldest: "+written+"\n"...)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("oldest %s: got %v, want it to say %q", written, err, want)
		}
	}
}
