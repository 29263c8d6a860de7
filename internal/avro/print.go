package avro

import (
	"context"
	"fmt"
	"slices"

	"tidemark/schemas"
)

// Printer turns messages of the outputs into JSON: fields in the order of the schema, enums as symbols, times in RFC 3339. It is not safe for
// concurrent use.
type Printer struct {
	codec  *Codec
	parsed map[uint32]*schema
}

// Printer returns a printer that knows the schemas of c: those of this program, and those of the registry if there is one.
func (c *Codec) Printer() *Printer { return &Printer{c, map[uint32]*schema{}} }

// JSON returns the record of a message of a topic as one line. It knows the types of our own schemas only; any other is an error.
func (p *Printer) JSON(ctx context.Context, topic string, message []byte) ([]byte, error) {
	id, n := parseID(message)
	if n == 0 || id.global {
		return nil, fmt.Errorf("print a message of %s: no Confluent frame", topic)
	}
	s, err := p.schema(ctx, topic, id)
	if err != nil {
		return nil, fmt.Errorf("print a message of %s: %w", topic, err)
	}
	r := newScanner(message[n:])
	line, err := r.json(make([]byte, 0, 2*len(message)), s)
	if err == nil && r.at < len(r.b) {
		err = fmt.Errorf("%d bytes after the record", len(r.b)-r.at)
	}
	if err != nil {
		return nil, fmt.Errorf("print a message of %s: %w", topic, err)
	}
	return line, nil
}

func (p *Printer) schema(ctx context.Context, topic string, id schemaID) (*schema, error) {
	if s, ok := p.parsed[id.number]; ok {
		return s, nil
	}
	text, err := p.text(ctx, topic, id)
	if err != nil {
		return nil, err
	}
	s, err := parseSchema(text)
	if err != nil {
		return nil, fmt.Errorf("schema %s: %w", id, err)
	}
	p.parsed[id.number] = s
	return s, nil
}

func (p *Printer) text(ctx context.Context, topic string, id schemaID) (string, error) {
	all := schemas.Versions()
	if i := slices.IndexFunc(all, func(s schemas.Schema) bool { return s.Topic == topic && s.ID == id.number }); i >= 0 {
		return all[i].Text, nil
	}
	if p.codec.registry == nil {
		return "", fmt.Errorf("schema %s is none of ours, and there is no registry", id)
	}
	ctx, cancel := context.WithTimeout(ctx, p.codec.registry.timeout)
	defer cancel()
	text, err := p.codec.registry.fetch(ctx, id)
	if err != nil {
		return "", fmt.Errorf("look up schema %s: %w", id, err)
	}
	return text, nil
}
