package churn

// Reason says why a customer has no churn level, however high the risk is. The set is closed.
type Reason uint8

// The reasons, in the order in which they are looked for: the first that holds is the answer. Two were appended: BehavesLikeShop is looked
// for after NeverBought, TestAccount before all others.
const (
	// HasLevel is no reason: the customer has a level.
	HasLevel Reason = iota
	// NeverBought says that no purchase stands.
	NeverBought
	// TooFewPurchases says that the customer bought on fewer days than Lines.MinPurchaseDays, as a one-time buyer.
	TooFewPurchases
	// TooLittleSpent says that the net spend over life lies below Lines.MinSpend.
	TooLittleSpent
	// Lapsed says that the silence has lasted for Lines.LapseOf: the customer is lost, not at risk.
	Lapsed
	// BoughtRecently says that the silence is shorter than Lines.Entry.
	BoughtRecently
	// AsUsual says that the risk is not far enough above what is normal for this customer.
	AsUsual
	// LowRisk says that the risk lies below the floor of WATCH, though far above what is normal for this customer.
	LowRisk
	// ReviewDue says that the next review gives the customer a level.
	ReviewDue
	// BehavesLikeShop says that many customers seem to share the id.
	BehavesLikeShop
	// TestAccount says that the customer is a test account.
	TestAccount

	// Reasons is the number of reasons, HasLevel included. It stands last, so it moves with every reason that is appended.
	Reasons int = iota
)

// reasons are the codes of the public view, and what they mean.
var reasons = [...]struct{ code, meaning string }{
	HasLevel:        {"", ""},
	NeverBought:     {"NEVER_BOUGHT", "no purchase stands"},
	TooFewPurchases: {"TOO_FEW_PURCHASES", "bought on fewer days than churn.min_purchase_days of the model, as a one-time buyer"},
	TooLittleSpent:  {"TOO_LITTLE_SPENT", "spent less over life than churn.min_spend of the model: not worth an alert"},
	Lapsed:          {"LAPSED", "silent for churn.lapse_days of the model, and for 1.5 usual gaps of the customer where that is longer: lost, and no longer at risk"},
	BoughtRecently:  {"BOUGHT_RECENTLY", "silent for less than churn.min_silence_days of the model, or than is usual for this customer"},
	AsUsual:         {"AS_USUAL", "the risk is not far enough above what is normal for this customer"},
	LowRisk:         {"LOW_RISK", "the risk is far above what is normal for this customer, but still below the floor of WATCH"},
	ReviewDue:       {"REVIEW_DUE", "a review is due, and will give a level"},
	BehavesLikeShop: {"BEHAVES_LIKE_SHOP", "bought as often a day as shop.orders_per_day of the model, on shop.min_days days or more: many customers seem to share the id"},
	TestAccount:     {"TEST_ACCOUNT", "the attribute test_account marks a test account, which is in no list and has no score"},
}

// String is the code of the reason in the public view; empty for HasLevel.
func (r Reason) String() string { return reasons[r].code }

// Meaning says in words what the reason is.
func (r Reason) Meaning() string { return reasons[r].meaning }

// ReasonOf returns the reason of a code, and false for a code that is none.
func ReasonOf(code string) (Reason, bool) {
	for r := range reasons {
		if reasons[r].code == code && code != "" {
			return Reason(r), true
		}
	}
	return HasLevel, false
}

// Why says why Next, from no level, returns None for these signs. Where Next returns a level, Why returns ReviewDue.
func (l Lines) Why(s Signs) Reason {
	watch := l.Levels[0]
	switch {
	case s.Test:
		return TestAccount
	case s.PurchaseDays == 0:
		return NeverBought
	case s.Shop:
		return BehavesLikeShop
	case s.PurchaseDays < l.MinPurchaseDays:
		return TooFewPurchases
	case !l.Worth(s.Spend):
		return TooLittleSpent
	case s.Silence >= l.LapseOf(s.LifeGap):
		return Lapsed
	case s.Silence < l.Entry(s.Usual):
		return BoughtRecently
	case s.Excess() < watch.Up:
		return AsUsual
	case s.Risk < watch.Floor:
		return LowRisk
	}
	return ReviewDue
}
