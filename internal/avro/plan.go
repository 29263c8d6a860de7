package avro

import (
	"fmt"
	"slices"
)

// setter sets one field of T from a value that is not null.
type setter[T any] func(*T, value) error

// plan says how a writer's record becomes a T: which of its fields set which of ours. It is Avro's schema resolution, by
// name: fields of the writer that we do not know are ignored, ours that the writer lacks keep their zero value, which is
// what our schemas default to.
type plan[T any] struct {
	writer *schema
	steps  []step[T]
}

type step[T any] struct {
	name     string // ours, for errors
	from     *field
	optional bool
	set      setter[T]
}

// bind plans how to read a writer's record as ours. It fails where the writer lacks a field that has no default.
func bind[T any](writer, ours *schema, setters map[string]setter[T]) (plan[T], error) {
	p := plan[T]{writer: writer}
	for i := range ours.fields {
		f := &ours.fields[i]
		from := writer.field(f.name)
		for _, alias := range f.aliases {
			if from == nil {
				from = writer.field(alias)
			}
		}
		if from == nil && f.defaulted {
			continue
		}
		if from == nil {
			return plan[T]{}, fmt.Errorf("%s lacks %s, which has no default", writer.name, f.name)
		}
		p.steps = append(p.steps, step[T]{f.name, from, f.of.optional(), setters[f.name]})
	}
	return p, nil
}

// read sets the fields of to from what goavro made of the writer's record.
func (p plan[T]) read(to *T, native any) error {
	record, ok := native.(map[string]any)
	if !ok {
		return errNoRecord
	}
	for i := range p.steps {
		s := &p.steps[i]
		v := value{s.from.of, record[s.from.name]}.open()
		err := errNull
		switch {
		case v.native != nil:
			err = s.set(to, v)
		case s.optional:
			err = nil
		}
		if err != nil {
			return fmt.Errorf("%s %w", s.name, err)
		}
	}
	return nil
}

// list reads the elements of an array into to.
func (p plan[T]) list(to *[]T, v value) error {
	natives, ok := v.native.([]any)
	if !ok {
		return errNoList
	}
	*to = slices.Grow(*to, len(natives))
	for i, native := range natives {
		element := value{v.of, native}.open()
		var x T
		err := errNoRecord
		if element.schema == p.writer {
			err = p.read(&x, element.native)
		}
		if err != nil {
			return fmt.Errorf("[%d]: %w", i, err)
		}
		*to = append(*to, x)
	}
	return nil
}
