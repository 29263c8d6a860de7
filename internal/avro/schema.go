package avro

import (
	"fmt"
	"strconv"
	"strings"
)

// schema is one type of an Avro schema, with its names resolved. Types are shared where the schema names one again, and
// never contain themselves.
type schema struct {
	// kind is the Avro type: record, enum, array, map, union, fixed, or a primitive.
	kind string
	// name is the full name of a record, enum or fixed; the kind of all others. It is also goavro's name of a union's branch.
	name string
	// logical is the logical type, empty for none.
	logical string
	symbols []string
	fields  []field
	// of is what an array or a map holds.
	of       *schema
	branches []*schema
	// size is the length of a fixed.
	size int
	// empty says that a value takes no bytes.
	empty bool
}

// field is one field of a record.
type field struct {
	name      string
	aliases   []string
	defaulted bool
	of        *schema
}

// field returns the field of a name, nil where there is none.
func (s *schema) field(name string) *field {
	for i := range s.fields {
		if s.fields[i].name == name {
			return &s.fields[i]
		}
	}
	return nil
}

// place finds the field of a name, or else of its aliases; -1 where there is none.
func (s *schema) place(name string, aliases []string) int {
	for i := range s.fields {
		if s.fields[i].name == name {
			return i
		}
	}
	if len(aliases) == 0 {
		return -1
	}
	return s.place(aliases[0], aliases[1:])
}

// record is the name of a record without its namespace.
func (s *schema) record() string {
	if s.kind != "record" {
		return ""
	}
	return s.name[strings.LastIndexByte(s.name, '.')+1:]
}

// optional reports whether s may be null.
func (s *schema) optional() bool {
	for _, branch := range s.branches {
		if branch.kind == "null" {
			return true
		}
	}
	return s.kind == "null"
}

// element returns the record inside a union, array or both; nil where there is none.
func (s *schema) element() *schema {
	switch s.kind {
	case "record":
		return s
	case "array":
		return s.of.element()
	}
	for _, branch := range s.branches {
		if found := branch.element(); found != nil {
			return found
		}
	}
	return nil
}

// text writes s again for goavro, as the bytes need it: without logical types, defaults, documentation and aliases. Times
// are then plain longs, and goavro's mistakes about defaults cannot matter.
func (s *schema) text() string { return string(s.append(nil, map[*schema]bool{})) }

func (s *schema) append(b []byte, written map[*schema]bool) []byte {
	if written[s] {
		return strconv.AppendQuote(b, s.name)
	}
	switch s.kind {
	case "record":
		written[s] = true
		b = fmt.Appendf(b, `{"type":"record","name":%q,"fields":[`, s.name)
		for i, f := range s.fields {
			b = fmt.Appendf(comma(b, i), `{"name":%q,"type":`, f.name)
			b = append(f.of.append(b, written), '}')
		}
		return append(b, "]}"...)
	case "enum":
		written[s] = true
		b = fmt.Appendf(b, `{"type":"enum","name":%q,"symbols":[`, s.name)
		for i, symbol := range s.symbols {
			b = strconv.AppendQuote(comma(b, i), symbol)
		}
		return append(b, "]}"...)
	case "fixed":
		written[s] = true
		return fmt.Appendf(b, `{"type":"fixed","name":%q,"size":%d}`, s.name, s.size)
	case "array":
		return append(s.of.append(append(b, `{"type":"array","items":`...), written), '}')
	case "map":
		return append(s.of.append(append(b, `{"type":"map","values":`...), written), '}')
	case "union":
		b = append(b, '[')
		for i, branch := range s.branches {
			b = branch.append(comma(b, i), written)
		}
		return append(b, ']')
	}
	return strconv.AppendQuote(b, s.kind)
}

func comma(b []byte, i int) []byte {
	if i == 0 {
		return b
	}
	return append(b, ',')
}
