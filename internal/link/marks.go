package link

// Marks say how far a home has read: partition name to next offset.
type Marks map[string]int64

// newer reports whether one of the marks is greater than in before. A partition that before lacks counts as not read.
func (m Marks) newer(before Marks) bool {
	for partition, offset := range m {
		if had, ok := before[partition]; !ok || offset > had {
			return true
		}
	}
	return false
}
