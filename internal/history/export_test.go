package history

// What tests outside the package look at.
var (
	Hash       = hash
	MonthOf    = monthOf
	MonthStart = monthStart
)
