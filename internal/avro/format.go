package avro

import (
	"fmt"
	"sync"

	"tidemark/schemas"
)

// format is one of our own schemas, parsed.
type format struct {
	schemas.Schema
	record *schema
}

// formats are our current schemas by topic. A schema that does not parse is a bug: the schemas are embedded.
var formats = sync.OnceValue(func() map[string]*format {
	list := map[string]*format{}
	for _, s := range schemas.All() {
		record, err := parseSchema(s.Text)
		if err != nil {
			panic(fmt.Sprintf("avro: %s: %v", s.Topic, err))
		}
		list[s.Topic] = &format{s, record}
	}
	return list
})
