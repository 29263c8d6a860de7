package catalogue

import (
	"tidemark/internal/event"
	"tidemark/internal/history"
	"tidemark/internal/score/churn"
	"tidemark/internal/score/clv"
	"tidemark/internal/score/rfm"
	"tidemark/internal/score/standing"
	"tidemark/internal/score/tier"
)

// View is what is known of a customer at one instant. Entries only read it. Money is in minor units of the base currency.
//
// Where the scorer asks for one entry to weigh it, View holds Facts, Pattern and what the entry's Reads name; nothing else.
type View struct {
	Customer string
	// At is the instant of the view.
	At   event.Instant
	Base event.Currency
	// Bought says that a purchase of a customer who counts stands: without one the models say nothing. Test marks a test account, which is never
	// Bought; Shop an id that behaves like a shop.
	Bought, Test, Shop bool
	Facts              history.Facts
	// More are the rarer facts; nil where no entry that is shown reads them.
	More *history.More
	// Standing is what else the entries of how a customer stands read. It is there where More is.
	Standing Standing
	// Pattern is zero where Bought is false.
	Pattern clv.Pattern
	// Recency is the number of days since the last purchase day began, where Bought.
	Recency float64
	Worth   Value
	Risk    Risk
	Outlook Outlook
	Labels  Labels
	Said    Said
	Ahead   Ahead
	// Model is the version of the model.
	Model string
	// Sequence counts the transitions. NextReview is the instant of the next one that is looked for.
	Sequence   int64
	NextReview event.Instant
	// MergedInto is the id that the customer is merged into. Origins counts the ids that are merged into the customer.
	MergedInto string
	Origins    int
	// Methods are what the methods of lifetime value need beside the facts.
	Methods Methods
}

// Standing is what says how a customer stands, beside facts.
type Standing struct {
	// Params are the parameters of the model.
	Params *standing.Params
	Today  event.Day
	// Usual is the model's share of margin in spend, Own that of the customer's own orders where they give one.
	Usual, Own float64
	// Lapsed says that the silence is that of lost customers. Returned is the day of the purchase that ended the last such silence.
	Lapsed        bool
	Returned      event.Day
	ReturnedKnown bool
	// Peers is what is known of all customers.
	Peers Peers
}

// Peers is what is known of all customers together, in major units.
type Peers struct {
	// Median is the median spend of 365 days of the buyers of the customer's region and industry, else of all.
	Median standing.Optional
	// TopContribution is the 80th percentile of the contribution of 365 days. PositiveContribution is the sum of the contributions over life that
	// are above zero.
	TopContribution, PositiveContribution standing.Optional
	// NewCustomer is the value of a new customer, Acquisition what it usually costs to win one.
	NewCustomer, Acquisition standing.Optional
}

// Value is the worth of a customer.
type Value struct {
	// Historic is the margin earned, Current the margin expected within the horizon, Total their sum.
	Historic, Current, Total int64
	// Potential is what the customer could bring beyond Current.
	Potential event.OptionalMinor
	// Predicted is the predicted value that scorecards weigh: Current, or Learnt where the model says so.
	Predicted int64
	// AtStake is what is lost if the customer has left.
	AtStake int64
	// OrderMargin is the margin expected of one purchase day.
	OrderMargin int64
	// Learnt is the learnt value where LearntModel names its fit.
	Learnt      int64
	LearntModel string
}

// Risk are the churn risk and what is normal for the customer, in [0, 1].
type Risk struct{ Now, Normal churn.Risk }

// Outlook is what the purchase model says of the time to come.
type Outlook struct {
	// Alive is the probability that the customer is still one. NoPurchase is the probability of none within the horizon of the churn risk.
	Alive, NoPurchase float64
	// Orders is the expected number of purchase days within the horizon of the value.
	Orders float64
	// Within are the probabilities of a purchase within 30, 60 and 90 days.
	Within [3]float64
	// Next50 and Next90 are the instants by which a customer who is still there buys with probability 0.5 and 0.9; zero where that is more than
	// five years ahead.
	Next50, Next90 event.Instant
}

// Labels are the score and what is made of it.
type Labels struct {
	Points   int32 // hundredths of a point
	Coverage float64
	Tier     tier.Tier
	Level    churn.Level
	// Why says why Level is NONE.
	Why     churn.Reason
	RFM     rfm.Digits
	Segment string
	// Segments are the names of the rule segments that the customer is in, in order.
	Segments []string
}

// Said is what events have said of a customer.
type Said struct {
	// Attributes are the last values of industry, size, growth, region, credit_grade, expert_class, owner, preferred_channel; nil for none.
	Attributes map[string]string
	// Contactable are the channels on which the customer may be met: nil where nothing is known, empty for nowhere.
	Contactable []string
	// Ordered are the channels of the orders of 365 days, the most used first; nil where the model does not go by consent.
	Ordered []string
}

// Ahead is what keeps the tier and what reaches the next. Known is false where the model does not ask for it, or there is no tier.
type Ahead struct {
	Known bool
	// Falls is the instant at which silence alone lowers the tier; event.Never where it does not.
	Falls event.Instant
	// KeepBy is the last day before the fall, Keep the order on it that keeps the tier, 0 where no sensible one does.
	KeepBy event.Day
	Keep   int64
	Any    bool
	// Next is the next tier up, tier.None in the highest; Reach the order that reaches it, 0 where no sensible one does.
	Next  tier.Tier
	Reach int64
}
