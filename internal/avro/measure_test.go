package avro

import (
	"encoding/binary"
	"fmt"
	"math"
)

// measured is the length of the value of s at the head of b. It holds b to what goavro lets pass: numbers of more than 64
// bits, ints of more than 32, and our own limits.
func measured(s *schema, b []byte) (n int, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%v", p)
		}
	}()
	m := measure{b: b, mostEntries: mostEntries(len(b)), mostValues: mostValues(len(b))}
	m.value(s)
	return len(b) - len(m.b), nil
}

type measure struct {
	b                       []byte
	values, entries         int
	mostEntries, mostValues int
}

func (m *measure) hold(ok bool) {
	if !ok {
		panic("cannot be measured")
	}
}

func (m *measure) long() int64 {
	x, n := binary.Varint(m.b)
	m.hold(n > 0)
	m.b = m.b[n:]
	return x
}

func (m *measure) skip(n int64) {
	m.hold(n >= 0 && n <= int64(len(m.b)))
	m.b = m.b[n:]
}

func (m *measure) choice(n int) int {
	i := m.long()
	m.hold(i >= 0 && i < int64(n))
	return int(i)
}

func (m *measure) value(s *schema) {
	m.values++
	m.hold(m.values <= m.mostValues)
	switch s.kind {
	case "boolean":
		m.skip(1)
	case "int":
		x := m.long()
		m.hold(x >= math.MinInt32 && x <= math.MaxInt32)
	case "long":
		m.long()
	case "float":
		m.skip(4)
	case "double":
		m.skip(8)
	case "fixed":
		m.skip(int64(s.size))
	case "enum":
		m.choice(len(s.symbols))
	case "bytes", "string":
		m.skip(m.long())
	case "union":
		m.value(s.branches[m.choice(len(s.branches))])
	case "record":
		for _, f := range s.fields {
			m.value(f.of)
		}
	case "array", "map":
		keys := int64(0)
		for n := m.long(); n != 0; n = m.long() {
			if n < 0 {
				m.long()
				n = -n
			}
			m.hold(n > 0 && n <= int64(m.mostEntries))
			m.entries += int(n)
			keys += n
			m.hold(s.kind != "map" || keys <= maxKeys)
			m.hold(m.entries <= m.mostEntries)
			for range n {
				if s.kind == "map" {
					m.skip(m.long())
				}
				m.value(s.of)
			}
		}
	}
}
