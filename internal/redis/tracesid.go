package redis

import (
	"encoding/binary"
	"encoding/json"
	"strings"

	"tidemark/internal/shard"
)

// id is the id of a customer in the forms in which it can stand in the store.
type id struct {
	text string
	// json is the id within the quotes of JSON, which escapes some characters.
	json string
	// number says that the id has only digits, signs and points.
	number bool
	// framed is the id behind its length, as messages and profiles hold it: the length as an uvarint, or as a varint, which Avro takes. It is
	// empty for an id so short that such bytes stand anywhere by chance.
	framed []string
}

// FramedFrom is the least length of an id that is looked for within messages and profiles, in bytes.
const FramedFrom = 4

func newID(customer string) id {
	quoted, _ := json.Marshal(customer) // never fails
	x := id{
		text: customer, json: string(quoted[1 : len(quoted)-1]), number: strings.Trim(customer, "0123456789+-.eE") == "",
	}
	if len(customer) >= FramedFrom {
		for _, length := range [][]byte{
			binary.AppendUvarint(nil, uint64(len(customer))), binary.AppendVarint(nil, int64(len(customer))),
		} {
			x.framed = append(x.framed, string(length)+customer)
		}
	}
	return x
}

// names reports whether the name of a key, without the prefix, is that of a view of the customer.
func (x id) names(rest string) bool {
	return rest == "score:"+x.text || rest == "detail:"+x.text
}

// within reports whether an entry of a key holds the id: field and value of a hash, member and score of a sorted set, or a value alone.
func (x id) within(part, field, value string) bool {
	switch part {
	case "profiles":
		return field == x.text || x.binary(value)
	case "due":
		return field == x.text
	case "outbox":
		return x.output(value)
	}
	return x.word(field) || x.word(value)
}

// output reports whether an entry of an outbox holds the id.
func (x id) output(entry string) bool {
	o, err := shard.DecodeOutput([]byte(entry))
	if err == nil && string(o.Key) == x.text {
		return true
	}
	if err == nil {
		for _, h := range o.Headers {
			if string(h.Value) == x.text {
				return true
			}
		}
	}
	return x.binary(entry)
}

// binary reports whether bytes hold the id behind its length, or in the quotes of JSON.
func (x id) binary(b string) bool {
	for _, framed := range x.framed {
		if strings.Contains(b, framed) {
			return true
		}
	}
	return strings.Contains(b, `"`+x.json+`"`)
}

// word reports whether a text holds the id as a word of its own; an id that is a number, within quotes.
func (x id) word(text string) bool {
	if strings.Contains(text, `"`+x.json+`"`) {
		return true
	}
	if x.number {
		return false
	}
	for _, form := range []string{x.text, x.json} {
		for from := 0; ; {
			i := strings.Index(text[from:], form)
			if i < 0 {
				break
			}
			begin, end := from+i, from+i+len(form)
			if (begin == 0 || !inWord(text[begin-1])) && (end == len(text) || !inWord(text[end])) {
				return true
			}
			from = begin + 1
		}
	}
	return false
}

// inWord reports whether a byte is part of a word: a letter, a digit, an underscore, or a byte of a character beyond ASCII.
func inWord(b byte) bool {
	return b == '_' || b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= 0x80
}
