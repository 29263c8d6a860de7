package model_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"tidemark/internal/model"
)

func TestOldest(t *testing.T) {
	without := bytes.Replace(model.Default(), []byte("oldest: 1990-01-01\n"), nil, 1)
	if bytes.Contains(without, []byte("\noldest:")) {
		t.Fatal("the shipped model names another oldest day")
	}
	for _, row := range []struct{ written, want string }{
		{"", "1990-01-01"},
		{"oldest: 2015-06-01\n", "2015-06-01"},
		{"oldest: 1970-01-01\n", "1970-01-01"},
	} {
		m, err := model.Parse(append(slices.Clone(without), row.written...))
		if err != nil || m.Oldest.String() != row.want {
			t.Errorf("%q: got %s and %v, want %s", row.written, m.Oldest, err, row.want)
		}
	}
	for written, want := range map[string]string{"1969-12-31": "oldest: 1969-12-31 lies before", "2015": `oldest: "2015" is no date`} {
		if _, err := model.Parse(append(slices.Clone(without), "oldest: "+written+"\n"...)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("oldest %s: got %v, want it to say %q", written, err, want)
		}
	}
}
