package avro

import "fmt"

// setter sets one field of T. The value is never null.
type setter[T any] func(*T, value) error

// plan says how to read a writer's record: for each field of the writer, in the order of the bytes, the field of T to set. This
// is Avro's schema resolution by name. A field that only the writer has is skipped. A field that only we have keeps its zero
// value, which is the default in our schemas.
type plan[T any] struct {
	writer *schema
	steps  []step[T]
}

type step[T any] struct {
	name     string // ours, for errors
	of       *schema
	optional bool
	set      setter[T] // nil to walk over it
}

// bind returns the plan for a writer's record. A field that the writer lacks, and that has no default, is an error.
func bind[T any](writer, ours *schema, setters map[string]setter[T]) (plan[T], error) {
	p := plan[T]{writer, make([]step[T], len(writer.fields))}
	for i, f := range writer.fields {
		p.steps[i].of = f.of
	}
	for i := range ours.fields {
		f := &ours.fields[i]
		from := writer.place(f.name, f.aliases)
		if from < 0 && f.defaulted {
			continue
		}
		if from < 0 {
			return plan[T]{}, fmt.Errorf("%s lacks %s, which has no default", writer.name, f.name)
		}
		p.steps[from] = step[T]{f.name, writer.fields[from].of, f.of.optional(), setters[f.name]}
	}
	return p, nil
}

// read reads a record into to. An error means that the bytes are no such record. A field of a wrong type or value is noted in
// r.refused instead, and reading goes on: a worse fault of the message may follow.
func (p plan[T]) read(to *T, r *scanner) error {
	r.values++
	for i := range p.steps {
		s := &p.steps[i]
		v, err := r.value(s.of)
		if err != nil {
			return err
		}
		if s.set == nil {
			continue
		}
		if err := s.apply(to, v); err != nil && r.refused == nil {
			r.refused = fmt.Errorf("%s %w", s.name, err)
		}
	}
	return nil
}

func (s *step[T]) apply(to *T, v value) error {
	switch {
	case v.kind != "null":
		return s.set(to, v)
	case s.optional:
		return nil
	}
	return errNull
}

// list reads the elements of an array into to.
func (p plan[T]) list(to *[]T, v value) error {
	if v.kind != "array" {
		return errNoList
	}
	r := again(v.bytes)
	for {
		n, err := r.block()
		if err != nil || n == 0 {
			return err
		}
		if *to == nil {
			*to = make([]T, 0, n) // the walk over v has found that many
		}
		for range n {
			var next T
			*to = append(*to, next)
			i := len(*to) - 1
			if err := p.element(&(*to)[i], v.of, &r); err != nil {
				return fmt.Errorf("[%d]: %w", i, err)
			}
		}
	}
}

// record reads a record that is the value of a field into to.
func (p plan[T]) record(to *T, v value) error {
	if v.schema != p.writer {
		return errNoRecord
	}
	r := again(v.bytes)
	if err := p.read(to, &r); err != nil {
		return err
	}
	return r.refused
}

func (p plan[T]) element(to *T, of *schema, r *scanner) error {
	of, err := r.open(of)
	if err != nil {
		return err
	}
	if of != p.writer {
		return errNoRecord
	}
	if err := p.read(to, r); err != nil {
		return err
	}
	return r.refused
}
