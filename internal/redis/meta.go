package redis

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

// markPrefix begins the field of a mark: m:<topic>:<partition>. The last colon separates topic and partition.
const markPrefix = "m:"

func markField(p shard.Partition) string {
	return markPrefix + string(p.Topic) + ":" + strconv.Itoa(p.Index)
}

func parseMarkField(field string) (shard.Partition, error) {
	rest := field[len(markPrefix):]
	colon := strings.LastIndexByte(rest, ':')
	if colon < 0 {
		return shard.Partition{}, errors.New("no partition")
	}
	index, err := strconv.Atoi(rest[colon+1:])
	return shard.Partition{Topic: event.Topic(rest[:colon]), Index: index}, err
}

// headFields are the fields of a head that are no marks.
var headFields = [...]string{"token", "model", "sequence", "format", "profiles", "due", "outbox", "erased", "moved"}

// decodeMeta reads the head of a shard from the fields of its meta key. Without a token there is no shard: the head is empty.
// Unknown fields are ignored. A format later than Format is a shard.ErrNewer.
func decodeMeta(fields map[string]string) (shard.Meta, error) {
	if fields["token"] == "" {
		return shard.Meta{}, nil
	}
	m := shard.Meta{Token: shard.Token(fields["token"]), Model: fields["model"], Marks: shard.Marks{}}
	if err := decodeMoved(fields, &m); err != nil {
		return shard.Meta{}, err
	}
	numbers := map[string]*int64{
		"sequence": &m.Sequence, "format": &m.Format,
		"profiles": &m.Counts.Profiles, "due": &m.Counts.Due, "outbox": &m.Counts.Outbox,
	}
	for field, number := range numbers {
		var err error
		if *number, err = strconv.ParseInt(fields[field], 10, 64); err != nil {
			return shard.Meta{}, fmt.Errorf("head: field %s: %w: %w", field, errDamaged, err)
		}
	}
	if erased := fields["erased"]; erased != "" { // the head of a shard without tombstones has no such field
		var err error
		if m.Counts.Erased, err = strconv.ParseInt(erased, 10, 64); err != nil {
			return shard.Meta{}, fmt.Errorf("head: field erased: %w: %w", errDamaged, err)
		}
	}
	if m.Moved > 0 && m.Format >= stopped {
		m.Format -= stopped
	}
	if m.Format > Format {
		return shard.Meta{}, fmt.Errorf("head: format %d, this program knows %d: %w", m.Format, Format, shard.ErrNewer)
	}
	for field, value := range fields {
		if !strings.HasPrefix(field, markPrefix) {
			continue
		}
		p, err := parseMarkField(field)
		if err != nil {
			return shard.Meta{}, fmt.Errorf("head: field %s: %w: %w", field, errDamaged, err)
		}
		if m.Marks[p], err = strconv.ParseInt(value, 10, 64); err != nil {
			return shard.Meta{}, fmt.Errorf("head: field %s: %w: %w", field, errDamaged, err)
		}
	}
	return m, nil
}

// stopped is added to the format of a stopped shard. A program that does not know the field moved then refuses the shard.
const stopped = 1000

// decodeMoved reads the field that stop.lua leaves in the head.
func decodeMoved(fields map[string]string, m *shard.Meta) (err error) {
	if fields["moved"] == "" {
		return nil
	}
	if m.Moved, err = strconv.Atoi(fields["moved"]); err != nil || m.Moved < 1 {
		return fmt.Errorf("head: field moved: %w: %q", errDamaged, fields["moved"])
	}
	return nil
}

var errReply = errors.New("the script's reply has another shape than expected")

// decodeHead reads the head of a shard from a script's reply: field, value, field, value.
func decodeHead(reply any) (shard.Meta, error) {
	fields, err := pairs(reply)
	if err != nil {
		return shard.Meta{}, err
	}
	return decodeMeta(fields)
}

func pairs(reply any) (map[string]string, error) {
	flat, ok := reply.([]any)
	if !ok || len(flat)%2 != 0 {
		return nil, errReply
	}
	fields := make(map[string]string, len(flat)/2)
	for i := 0; i < len(flat); i += 2 {
		field, isString := flat[i].(string)
		value, isText := flat[i+1].(string)
		if !isString || !isText {
			return nil, errReply
		}
		fields[field] = value
	}
	return fields, nil
}
