package history

import "strings"

// TestAccountKey is the key of the attribute that marks a test account.
const TestAccountKey = "test_account"

// TestAccount reports whether the last word on the attribute test_account marks the customer as a test account: see SaysTestAccount.
func (s *Summary) TestAccount() bool {
	if len(s.attributes) == 0 {
		return false
	}
	marked, _ := SaysTestAccount(s.Attribute(TestAccountKey))
	return marked
}

// SaysTestAccount reports whether a value of the attribute test_account marks a test account, and whether the value is understood. The
// values true, yes and 1 mark one; false, no, 0 and the empty value mark none. Case and space around the value do not matter. A value that
// is not understood marks none: a typing error must not take a customer out of every list.
func SaysTestAccount(value string) (marked, understood bool) {
	switch strings.ToLower(strings.TrimSpace(value)) {
	case "true", "yes", "1":
		return true, true
	case "false", "no", "0", "":
		return false, true
	}
	return false, false
}
