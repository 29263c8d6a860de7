package avro

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
)

const (
	// maxSchema bounds the text of a schema, in bytes.
	maxSchema = 256 << 10
	// maxDepth bounds how deep types may be nested.
	maxDepth = 32
)

// parseSchema reads a schema. It refuses what a hostile schema could do harm with: types that contain themselves, and arrays of
// values that take no bytes. A few bytes could claim any number of such values.
func parseSchema(text string) (*schema, error) {
	if len(text) > maxSchema {
		return nil, fmt.Errorf("schema of %d bytes, at most %d", len(text), maxSchema)
	}
	var root any
	if err := json.Unmarshal([]byte(text), &root); err != nil {
		return nil, fmt.Errorf("read schema: %w", err)
	}
	p := parser{named: map[string]*schema{}}
	return p.parse(root, "", 0)
}

type parser struct {
	// named holds the named types that were read so far. A type that is being read is nil.
	named map[string]*schema
}

func (p *parser) parse(node any, space string, depth int) (*schema, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("types are nested deeper than %d", maxDepth)
	}
	switch node := node.(type) {
	case string:
		return p.refer(node, space)
	case []any:
		return p.union(node, space, depth)
	case map[string]any:
		return p.object(node, space, depth)
	}
	return nil, fmt.Errorf("a type is written as %T", node)
}

func (p *parser) refer(name, space string) (*schema, error) {
	if primitive(name) {
		return &schema{kind: name, name: name, empty: name == "null"}, nil
	}
	full := fullName(name, space)
	named, known := p.named[full]
	if !known {
		return nil, fmt.Errorf("type %q is not defined", full)
	}
	if named == nil {
		return nil, fmt.Errorf("type %q contains itself", full)
	}
	return named, nil
}

func primitive(name string) bool {
	switch name {
	case "null", "boolean", "int", "long", "float", "double", "bytes", "string":
		return true
	}
	return false
}

func (p *parser) union(nodes []any, space string, depth int) (*schema, error) {
	s := &schema{kind: "union", name: "union"}
	for _, node := range nodes {
		branch, err := p.parse(node, space, depth+1)
		if err != nil {
			return nil, err
		}
		s.branches = append(s.branches, branch)
	}
	if len(s.branches) == 0 {
		return nil, errors.New("a union has no branches")
	}
	return s, nil
}

func (p *parser) object(node map[string]any, space string, depth int) (*schema, error) {
	kind, ok := node["type"].(string)
	if !ok { // {"type": {…}} and {"type": […]} are the type inside
		return p.parse(node["type"], space, depth+1)
	}
	switch kind {
	case "record", "error", "enum", "fixed":
		return p.define(kind, node, space, depth)
	case "array", "map":
		of, err := p.parse(node[map[string]string{"array": "items", "map": "values"}[kind]], space, depth+1)
		if err != nil {
			return nil, err
		}
		if of.empty && kind == "array" {
			return nil, errors.New("an array of values that take no bytes")
		}
		return &schema{kind: kind, name: kind, of: of}, nil
	}
	s, err := p.refer(kind, space)
	if err != nil {
		return nil, err
	}
	if logical, ok := node["logicalType"].(string); ok && s.kind == s.name { // of a primitive
		s.logical = logical
	}
	return s, nil
}

func (p *parser) define(kind string, node map[string]any, space string, depth int) (*schema, error) {
	name, _ := node["name"].(string)
	if own, ok := node["namespace"].(string); ok {
		space = own
	}
	s := &schema{kind: kind, name: fullName(name, space)}
	if _, known := p.named[s.name]; known || name == "" {
		return nil, fmt.Errorf("type %q has no name, or has it twice", s.name)
	}
	if primitive(s.name) { // which goavro lets it redefine, for all that follows
		return nil, fmt.Errorf("type %q has the name of a primitive", s.name)
	}
	p.named[s.name] = nil
	if dot := strings.LastIndexByte(s.name, '.'); dot >= 0 {
		space = s.name[:dot]
	}
	var err error
	switch kind {
	case "enum":
		s.symbols = texts(node["symbols"])
		if len(s.symbols) == 0 {
			err = errors.New("no symbols")
		}
	case "fixed":
		size, ok := node["size"].(float64)
		if !ok || size < 0 || size > maxSchema || size != math.Trunc(size) {
			err = fmt.Errorf("size %v", node["size"])
		}
		s.size, s.empty = int(size), size == 0
	default:
		s.kind = "record"
		err = p.fields(s, node["fields"], space, depth)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.name, err)
	}
	p.named[s.name] = s
	return s, nil
}

func (p *parser) fields(s *schema, nodes any, space string, depth int) error {
	list, ok := nodes.([]any)
	if !ok {
		return errors.New("no fields")
	}
	s.empty = true
	for _, each := range list {
		node, _ := each.(map[string]any)
		name, _ := node["name"].(string)
		if name == "" || s.field(name) != nil {
			return fmt.Errorf("field %q has no name, or has it twice", name)
		}
		of, err := p.parse(node["type"], space, depth+1)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		_, defaulted := node["default"]
		s.fields = append(s.fields, field{name, texts(node["aliases"]), defaulted, of})
		s.empty = s.empty && of.empty
	}
	return nil
}

func fullName(name, space string) string {
	if space == "" || strings.Contains(name, ".") {
		return name
	}
	return space + "." + name
}

func texts(node any) []string {
	list, _ := node.([]any)
	var found []string
	for _, each := range list {
		if text, ok := each.(string); ok {
			found = append(found, text)
		}
	}
	return found
}
