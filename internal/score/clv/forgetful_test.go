package clv_test

import (
	"reflect"
	"testing"

	"tidemark/internal/score/clv"
)

// TestForgetfulKeepsAllElse fills every field of a pattern. A new field must be copied too.
func TestForgetfulKeepsAllElse(t *testing.T) {
	p := clv.Pattern{Memory: new(clv.Memory)}
	v := reflect.ValueOf(&p).Elem()
	for i := range v.NumField() {
		switch f := v.Field(i); f.Kind() {
		case reflect.Int:
			f.SetInt(int64(i + 1))
		case reflect.Float64:
			f.SetFloat(float64(i + 1))
		case reflect.Bool:
			f.SetBool(true)
		case reflect.Pointer:
		default:
			t.Fatalf("no value for a %s", f.Kind())
		}
	}
	got := p.Forgetful()
	p.Memory = nil
	if got != p {
		t.Errorf("got %+v, want %+v", got, p)
	}
}
