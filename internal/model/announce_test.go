package model_test

import (
	"bytes"
	"testing"

	"tidemark/internal/model"
)

// The alerts of the control group are published only where the file says so. A file that is older than the line keeps them back, too.
func TestAnnounceControlOfAFile(t *testing.T) {
	line := []byte("announce_control: false")
	if !bytes.Contains(model.Default(), line) {
		t.Fatalf("the default model does not say %s", line)
	}
	for _, row := range []struct {
		why, instead string
		want         bool
	}{
		{"the default", string(line), false},
		{"a file from before the line", "", false},
		{"a file that announces", "announce_control: true", true},
	} {
		m, err := model.Parse(bytes.Replace(model.Default(), line, []byte(row.instead), 1))
		if err != nil || m.AnnounceControl != row.want {
			t.Errorf("%s: announced %v, %v; want %v", row.why, m.AnnounceControl, err, row.want)
		}
	}
}
