package history

// Format is the format in which Append writes a Summary. Decode also reads the formats before it. What a format has added is not known
// of the events that an earlier format has remembered.
const Format = format

// FormatOf returns the format of an encoded Summary, 0 of no bytes.
func FormatOf(b []byte) int {
	if len(b) == 0 {
		return 0
	}
	return int(b[0])
}
