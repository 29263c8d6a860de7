package history

// What tests outside the package look at.
var (
	Hash       = hash
	MonthOf    = monthOf
	MonthStart = monthStart
)

// PartsEnd is the bit after the last part of a history.
const PartsEnd = partsEnd
