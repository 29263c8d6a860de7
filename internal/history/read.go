package history

import (
	"encoding/binary"
	"math"

	"tidemark/internal/event"
)

// listOf says how a list is read.
type listOf[T any] struct {
	// size is the least number of bytes of an entry, most the greatest number of entries of a list.
	size, most int
	// compare orders the entries: a list ascends.
	compare func(a, b *T) int
	read    func(*T)
}

// list reads a list of entries.
func list[T any](d *decoder, into *[]T, e listOf[T]) {
	n := d.uint()
	if n == 0 || n > uint64(e.most) || n > uint64((len(d.b)-d.i)/e.size) {
		d.fail("bad length of a list")
		return
	}
	entries := make([]T, n)
	d.day = noDay
	for i := range entries {
		e.read(&entries[i])
		if d.err != "" {
			return
		}
		if i > 0 && e.compare(&entries[i-1], &entries[i]) >= 0 {
			d.fail("a list is out of order")
			return
		}
	}
	*into = entries
}

// date reads a day of a sorted list; d.day is noDay before the first.
func (d *decoder) date() event.Day {
	distance := d.uint()
	d.check(distance <= maxDistance, "day out of range")
	switch {
	case d.err != "":
		return 0
	case d.day == noDay:
		d.day = d.s.newest - event.Day(distance)
	default:
		d.day += event.Day(distance)
	}
	d.check(d.day <= d.s.newest, "a day after the newest")
	return d.day
}

func (d *decoder) stamp(f *stamp) (flags uint8) {
	flags = d.small()
	f.day = d.date()
	f.at = event.Instant(int64(f.day)*dayMillis + d.timeOfDay())
	if flags&factAggregate == 0 {
		f.event, f.n = d.hash(), 1
		return flags
	}
	f.event, f.n = uint64(d.small()), d.uint32()
	d.check(f.event < aggregates, "bad aggregate")
	return flags
}

// timeOfDay reads a distance from 00:00 UTC, in milliseconds.
func (d *decoder) timeOfDay() int64 {
	millis := d.int()
	d.check(millis >= -4*dayMillis && millis <= 4*dayMillis, "time of day out of range")
	if millis&1 == 0 {
		millis *= 1000
	}
	millis >>= 1
	d.check(millis >= -2*dayMillis && millis <= 2*dayMillis, "time of day out of range")
	return millis
}

func (d *decoder) uint() uint64 {
	if d.i < len(d.b) && d.b[d.i] < 0x80 { // most are small
		d.i++
		return uint64(d.b[d.i-1])
	}
	v, n := binary.Uvarint(d.b[d.i:])
	if n <= 0 {
		d.fail("cut short")
		return 0
	}
	d.i += n
	return v
}

// int reads a zigzag varint, as binary.AppendVarint writes it.
func (d *decoder) int() int64 {
	v := d.uint()
	return int64(v>>1) ^ -int64(v&1)
}

func (d *decoder) int32() int32 {
	v := d.int()
	d.check(v >= math.MinInt32 && v <= math.MaxInt32, "number out of range")
	return int32(v)
}

func (d *decoder) uint32() uint32 {
	v := d.uint()
	d.check(v <= math.MaxInt32, "number out of range")
	return uint32(v)
}

func (d *decoder) small() uint8 {
	if d.i == len(d.b) {
		d.fail("cut short")
		return 0
	}
	d.i++
	return d.b[d.i-1]
}

func (d *decoder) hash() uint64 {
	if len(d.b)-d.i < 8 {
		d.fail("cut short")
		return 0
	}
	v := binary.LittleEndian.Uint64(d.b[d.i:])
	d.i += 8
	d.check(v >= aggregates, "bad hash")
	return v
}

func (d *decoder) text() string {
	n := d.uint()
	if n > maxText || n > uint64(len(d.b)-d.i) {
		d.fail("text cut short")
		return ""
	}
	d.i += int(n)
	return string(d.b[d.i-int(n) : d.i])
}

// channel reads the reference to a channel, where there is one.
func (d *decoder) channel(given bool) uint8 {
	if !given {
		return 0
	}
	ref := d.small()
	d.check(ref > 0 && int(ref) <= len(d.s.channels), "unknown channel")
	return ref
}

// symbol reads a member of a closed set that counts so many members.
func symbol[K ~uint8](d *decoder, count int) K {
	v := d.small()
	d.check(int(v) < count, "unknown symbol")
	return K(v)
}

// said reads an amount in a currency that is not the base currency.
// word reads 4 bytes.
func (d *decoder) word() uint32 {
	if len(d.b)-d.i < 4 {
		d.fail("cut short")
		return 0
	}
	v := binary.LittleEndian.Uint32(d.b[d.i:])
	d.i += 4
	return v
}

func (d *decoder) said() said {
	currency := d.word()
	d.check(currency != 0, "bad currency")
	return said{currency, d.int()}
}
