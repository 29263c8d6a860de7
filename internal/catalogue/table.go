package catalogue

import (
	"slices"
	"strconv"
)

// table are all entries. The order is that of the columns of the scores file and of the members of tm:detail: append only.
var table = slices.Concat(public, detailed, counted, satisfied, engaged, paid, predicted, told, valued, stands, engages, earns, habits, keeps, ruled)

// All returns all entries, in order. The caller does not change them.
func All() []Entry { return table }

// Find returns the entry of a name; nil where there is none.
func Find(name string) *Entry { return find(table, name) }

func find(entries []Entry, name string) *Entry {
	for i := range entries {
		if entries[i].Name == name {
			return &entries[i]
		}
	}
	return nil
}

// Shown returns the entries that a reader shows, in order.
func Shown(by Seen) []Entry { return ShownOf(table, by) }

// ShownOf returns the entries of a table that a reader shows, in order.
func ShownOf(entries []Entry, by Seen) []Entry {
	return slices.DeleteFunc(slices.Clone(entries), func(e Entry) bool { return e.Seen&by == 0 })
}

func appendFloat(b []byte, x float64, format byte, digits int) []byte {
	return strconv.AppendFloat(b, x, format, digits, 64)
}
