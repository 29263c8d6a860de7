package history_test

import (
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/history"
)

func marked(day event.Day, id, value string) observed {
	at := event.Calendar{}.Start(base + day)
	return observed{x: &event.Interaction{
		Head: event.Head{ID: id, OccurredAt: at, RecordedAt: at}, Kind: event.Attributes, Attributes: map[string]string{history.TestAccountKey: value},
	}}
}

func TestTheLastWordMarksATestAccount(t *testing.T) {
	for _, row := range []struct {
		why  string
		said []observed
		want bool
	}{
		{"nothing said", nil, false},
		{"marked", []observed{marked(1, "a", "true")}, true},
		{"in any case", []observed{marked(1, "a", "True")}, true},
		{"as a number", []observed{marked(1, "a", "1")}, true},
		{"as a word, with a space", []observed{marked(1, "a", "YES ")}, true},
		{"denied", []observed{marked(1, "a", "false")}, false},
		{"a typing error takes nobody out of the lists", []observed{marked(1, "a", "ture")}, false},
		{"marked, and taken back", []observed{marked(1, "a", "true"), marked(2, "b", "false")}, false},
		{"taken back by an empty value", []observed{marked(1, "a", "true"), marked(2, "b", "")}, false},
		{"the later word arrives first", []observed{marked(2, "b", "false"), marked(1, "a", "true")}, false},
		{"a word on another attribute says nothing", []observed{marked(1, "a", "true"), consent(2, "b", "app", "granted")}, true},
	} {
		s, _ := remember(row.said)
		if got := s.TestAccount(); got != row.want {
			t.Errorf("%s: test account %v, want %v", row.why, got, row.want)
		}
		if got := s.Facts(event.Calendar{}.Start(base+9), event.Calendar{}).TestAccount; got != row.want {
			t.Errorf("%s: in the facts %v, want %v", row.why, got, row.want)
		}
	}
}

func TestUncontactableIsAnEmptyListOfChannels(t *testing.T) {
	used := consent(0, "a", "email", "granted")
	for _, row := range []struct {
		why  string
		said []observed
		want bool
	}{
		{"nothing known", nil, false},
		{"a channel that may be used", []observed{used}, false},
		{"off the only channel", []observed{used, consent(2, "b", "email", "")}, true},
		{"off one channel, another may be used", []observed{used, consent(1, "b", "app", "granted"), consent(2, "c", "email", "")}, false},
		{"off all channels, none known", []observed{consent(2, "b", "", "")}, true},
		{"off all channels, and back on one", []observed{used, consent(2, "b", "", ""), consent(3, "c", "email", "granted")}, false},
	} {
		s, _ := remember(row.said)
		if got := s.Uncontactable(); got != row.want {
			t.Errorf("%s: %v, want %v", row.why, got, row.want)
		}
	}
}
