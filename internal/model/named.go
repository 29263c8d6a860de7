package model

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// named hands the value of each term to take. all are the terms of the section. Its error names the keys that are no terms.
func named[T fmt.Stringer, V any](section string, values map[string]V, all []T, take func(T, V)) error {
	var errs []error
	for _, name := range sorted(values) {
		i := slices.IndexFunc(all, func(t T) bool { return t.String() == name })
		if i < 0 {
			errs = append(errs, fmt.Errorf("%s: %q is none of %s", section, name, joined(all)))
			continue
		}
		take(all[i], values[name])
	}
	return errors.Join(errs...)
}

// joined lists terms by their names.
func joined[T fmt.Stringer](terms []T) string { return strings.Join(namesOf(terms), ", ") }

// namesOf are the names of terms.
func namesOf[T fmt.Stringer](terms []T) []string {
	names := make([]string, len(terms))
	for i, t := range terms {
		names[i] = t.String()
	}
	return names
}
