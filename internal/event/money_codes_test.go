package event

import "testing"

// Each code of Currencies is one that Digits knows, and no code comes twice.
func TestCurrencies(t *testing.T) {
	seen := map[Currency]bool{}
	for code := range Currencies() {
		if _, known := code.Digits(); !known || seen[code] {
			t.Errorf("%q: known %v, seen before %v; want a known code, once", code, known, seen[code])
		}
		seen[code] = true
	}
	if len(seen) < 200 || !seen["EUR"] || !seen["DEM"] {
		t.Errorf("%d codes, want more than 200, of today and of the past", len(seen))
	}
}
