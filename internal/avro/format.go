package avro

import (
	"fmt"
	"sync"

	"github.com/linkedin/goavro/v2"

	"tidemark/schemas"
)

// format is one of our own schemas, ready for use.
type format struct {
	schemas.Schema
	record *schema
	codec  *goavro.Codec
}

// formats are ours by topic. They are embedded: one that does not parse is a bug of ours.
var formats = sync.OnceValue(func() map[string]*format {
	list := map[string]*format{}
	for _, s := range schemas.All() {
		record, err := parseSchema(s.Text)
		if err != nil {
			panic(fmt.Sprintf("avro: %s: %v", s.Topic, err))
		}
		codec, err := goavro.NewCodec(record.text())
		if err != nil {
			panic(fmt.Sprintf("avro: %s: %v", s.Topic, err))
		}
		list[s.Topic] = &format{s, record, codec}
	}
	return list
})

// binary appends a record as the schema's bytes, without framing.
func (f *format) binary(b []byte, record map[string]any) ([]byte, error) {
	b, err := f.codec.BinaryFromNative(b, record)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", f.Record, err)
	}
	return b, nil
}
