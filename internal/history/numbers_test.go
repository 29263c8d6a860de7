package history_test

import (
	"reflect"
	"testing"

	"tidemark/internal/history"
)

// TestNumbersKeepAllElse fills every fact. A new fact must be copied too.
func TestNumbersKeepAllElse(t *testing.T) {
	var f history.Facts
	fill(t, reflect.ValueOf(&f).Elem())
	got := f.Numbers()
	f.PreferredChannel = ""
	if got != f {
		t.Errorf("got %+v, want %+v", got, f)
	}
}

func fill(t *testing.T, v reflect.Value) {
	t.Helper()
	switch {
	case v.CanInt():
		v.SetInt(7)
	case v.CanFloat():
		v.SetFloat(7)
	case v.Kind() == reflect.Bool:
		v.SetBool(true)
	case v.Kind() == reflect.String:
		v.SetString("x")
	case v.Kind() == reflect.Array:
		for i := range v.Len() {
			fill(t, v.Index(i))
		}
	case v.Kind() == reflect.Struct:
		for _, field := range v.Fields() {
			fill(t, field)
		}
	default:
		t.Fatalf("no value for a %s", v.Kind())
	}
}
