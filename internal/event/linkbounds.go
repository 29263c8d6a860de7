package event

// Bounds of a message of links. Each leaves room for what customers come to; TOO_LARGE names what goes beyond.
const (
	// MaxLinkContent bounds the history that a part carries, in bytes: eight times a history at the caps of package history. Only the versions
	// of thousands of orders, many of each, come to more.
	MaxLinkContent = 1 << 20
	// MaxLinkPath bounds the ids that a part has passed. A customer with a new id each month comes to 256 ids in 21 years.
	MaxLinkPath = 256
	// MaxLinkMarks bounds the marks of a part: those of four topics with 1,024 partitions each. A home has read few partitions: those at its
	// own index, and those from which producers with another partitioner feed it.
	MaxLinkMarks = 4096
	// maxPartitionName bounds the name of a partition, in bytes: a topic name of Kafka has 249 at most.
	maxPartitionName = 260
)

// bounded returns nil if l is within the bounds of sizes and times, else an *Invalid.
func (l *Link) bounded() error {
	if l.Part != nil {
		if err := l.Part.bounded(); err != nil {
			return err
		}
	}
	if l.Erasure != nil {
		return l.Erasure.bounded()
	}
	return nil
}

func (p *LinkPart) bounded() error {
	for _, size := range []struct {
		what    string
		n, most int
	}{
		{"bytes of content", len(p.Content), MaxLinkContent},
		{"ids in the path", len(p.Path), MaxLinkPath},
		{"marks", len(p.Marks), MaxLinkMarks},
	} {
		if size.n > size.most {
			return Invalidf(TooLarge, "a part has %d %s, at most %d", size.n, size.what, size.most)
		}
	}
	for partition, offset := range p.Marks {
		if partition == "" || len(partition) > maxPartitionName || !plain(partition) || offset < 0 {
			return Invalidf(BadField, "a mark of a partition name of %d bytes is %d", len(partition), offset)
		}
	}
	return within("word_at", p.WordAt)
}

func (e *LinkErasure) bounded() error {
	if err := within("erased_at", e.At); err != nil {
		return err
	}
	return within("linked_since_at", e.Since)
}

// within holds an instant to the years 1970 to 9999.
func within(field string, at Instant) error {
	if at < 0 || at > lastInstant {
		return Invalidf(BadField, "%s %d is not in 1970 to 9999", field, int64(at))
	}
	return nil
}
