package avro

import (
	"fmt"
	"strconv"
	"strings"
)

// schema is one type of an Avro schema, its names resolved. A type that is named again is shared. No type contains itself.
type schema struct {
	// kind is the Avro type: record, enum, array, map, union, fixed, or a primitive.
	kind string
	// name is the full name of a record, an enum or a fixed, and the kind of all other types. goavro names the branches of a
	// union so too.
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

// field returns the field of a name, or nil.
func (s *schema) field(name string) *field {
	for i := range s.fields {
		if s.fields[i].name == name {
			return &s.fields[i]
		}
	}
	return nil
}

// place returns the index of the field of a name, or else of the first alias that is found; -1 if there is none.
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

// element returns the record inside a union, an array or both, or nil.
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

// text writes s for goavro: without logical types, defaults, documentation and aliases. The bytes do not depend on those, and so
// goavro reads times as longs, and its mistakes about defaults make no difference.
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
