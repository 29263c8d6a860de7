package avro

import (
	"bytes"
	"fmt"
	"slices"
)

// value reads one value of s. It walks over all that is inside the value. Of a union it reads the branch that the bytes name.
func (r *scanner) value(s *schema) (v value, err error) {
	if s, err = r.open(s); err != nil {
		return v, err
	}
	if r.values++; r.values > r.mostValues {
		return v, fmt.Errorf("more than %d values", r.mostValues)
	}
	v.schema = s
	switch s.kind {
	case "string", "bytes":
		v.bytes, err = r.text()
	case "long":
		v.n, err = r.long()
	case "int":
		v.n, err = r.int()
	case "enum":
		v.n, err = r.index(len(s.symbols))
	case "double":
		v.x, err = r.double()
	case "float":
		v.x, err = r.float()
	case "boolean":
		v.n, err = r.boolean()
	case "fixed":
		_, err = r.take(int64(s.size))
	case "record":
		from := r.at
		err = r.record(s)
		v.bytes = r.b[from:r.at]
	case "array", "map":
		from := r.at
		err = r.collection(s)
		v.bytes = r.b[from:r.at]
	}
	return v, err
}

// open reads which branch of a union follows, and returns it. It returns any other type as it is.
func (r *scanner) open(s *schema) (*schema, error) {
	for s.kind == "union" {
		r.values++
		n, err := r.index(len(s.branches))
		if err != nil {
			return nil, err
		}
		s = s.branches[n]
	}
	return s, nil
}

func (r *scanner) record(s *schema) error {
	for i := range s.fields {
		if _, err := r.value(s.fields[i].of); err != nil {
			return err
		}
	}
	return nil
}

func (r *scanner) collection(s *schema) error {
	var few [8][]byte // most maps need no more
	keys := few[:0]
	for {
		n, err := r.block()
		if err != nil {
			return err
		}
		if n == 0 {
			break
		}
		if s.kind == "map" && len(keys)+n > maxKeys {
			return fmt.Errorf("a map of more than %d entries", maxKeys)
		}
		for range n {
			if s.kind == "map" {
				key, err := r.text()
				if err != nil {
					return err
				}
				keys = append(keys, key)
			}
			if _, err := r.value(s.of); err != nil {
				return err
			}
		}
	}
	if repeats(keys) {
		r.spoil(errTwice)
	}
	return nil
}

// repeats reports whether a key occurs twice. It sorts the keys.
func repeats(keys [][]byte) bool {
	slices.SortFunc(keys, bytes.Compare)
	for i := 1; i < len(keys); i++ {
		if bytes.Equal(keys[i-1], keys[i]) {
			return true
		}
	}
	return false
}
