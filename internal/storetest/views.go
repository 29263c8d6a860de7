package storetest

import (
	"maps"
	"strings"
	"testing"

	"tidemark/internal/shard"
)

func testViews(t *testing.T, s harness) {
	view := func(customer string, detail string, fields ...string) shard.View {
		v := shard.View{Customer: customer, Detail: []byte(detail)}
		for _, f := range fields {
			name, value, _ := strings.Cut(f, "=")
			v.Fields = append(v.Fields, shard.Field{Name: name, Value: value})
		}
		return v
	}
	steps := []struct {
		name   string
		views  []shard.View
		scores map[string]map[string]string
		detail map[string]string
	}{
		{
			"two customers",
			[]shard.View{view("a", `{"x":1}`, "tier=HIGH", "clv=12.50"), view("b{c}", "", "tier=LOW")},
			map[string]map[string]string{"a": {"tier": "HIGH", "clv": "12.50"}, "b{c}": {"tier": "LOW"}, "nobody": {}},
			map[string]string{"a": `{"x":1}`, "b{c}": ""},
		},
		{
			"one again, and without detail the old one stays",
			[]shard.View{view("a", "", "tier=LOW", "clv=9.00")},
			map[string]map[string]string{"a": {"tier": "LOW", "clv": "9.00"}, "b{c}": {"tier": "LOW"}},
			map[string]string{"a": `{"x":1}`},
		},
		{
			"a field that is no more goes",
			[]shard.View{view("a", `{"x":2}`, "tier=LOW", "segment=Lost")},
			map[string]map[string]string{"a": {"tier": "LOW", "segment": "Lost"}},
			map[string]string{"a": `{"x":2}`},
		},
		{
			"without fields the customer goes",
			[]shard.View{view("a", ""), view("b{c}", "", "tier=HIGH")},
			map[string]map[string]string{"a": {}, "b{c}": {"tier": "HIGH"}},
			map[string]string{"a": ""},
		},
		{"nobody", nil, map[string]map[string]string{"b{c}": {"tier": "HIGH"}}, nil},
	}
	viewer, readable := s.Store.(Viewer)
	for _, step := range steps {
		if err := s.Project(t.Context(), step.views); err != nil {
			t.Fatalf("%s: got error %v, want none", step.name, err)
		}
		if !readable {
			continue
		}
		for customer, want := range step.scores {
			if got, err := viewer.Score(t.Context(), customer); err != nil || !maps.Equal(got, want) {
				t.Errorf("%s: score of %s: got %v and error %v, want %v", step.name, customer, got, err, want)
			}
		}
		for customer, want := range step.detail {
			if got, err := viewer.Detail(t.Context(), customer); err != nil || string(got) != want {
				t.Errorf("%s: detail of %s: got %q and error %v, want %q", step.name, customer, got, err, want)
			}
		}
	}
}
