package main

// heldHistory are the facts that are held of a customer, for people. Money is in major units with its currency, times are in UTC. An id that
// is kept as a hash stands under a name that ends in _ref: equal refs are equal ids.
type heldHistory struct {
	NewestDay       string            `json:"newest_day,omitempty"`
	Orders          []heldOrder       `json:"orders"`
	Refunds         []heldMoney       `json:"refunds_and_chargebacks"`
	Payments        []heldMoney       `json:"payments"`
	Feedback        []heldFeedback    `json:"feedback"`
	Interactions    []heldInteraction `json:"interactions_of_the_newest_7_days"`
	InteractionDays []heldDay         `json:"interactions_of_90_days_counted_by_day"`
	Sealed          *heldTotals       `json:"totals_of_older_days,omitempty"`
	Channels        []heldChannel     `json:"channels"`
	Categories      []string          `json:"categories,omitempty"`
	Consents        []heldConsent     `json:"consents"`
	Attributes      []heldAttribute   `json:"attributes"`
	Referrals       *heldReferrals    `json:"referrals,omitempty"`
	BeyondCaps      int64             `json:"facts_of_which_less_is_kept,omitempty"`
}

// heldReferrals are those whom the customer has referred, each by a keyed hash of the id.
type heldReferrals struct {
	Bought      []string `json:"buyer_refs_who_have_bought,omitempty"`
	Named       []string `json:"buyer_refs_named_only,omitempty"`
	Beyond      int64    `json:"further_referrals_counted_only,omitempty"`
	BeyondBuyer int64    `json:"further_referrals_by_purchase,omitempty"`
	OldNamed    int64    `json:"referral_made_older_than_7_days_with_a_name,omitempty"`
}

type heldOrder struct {
	Order           string   `json:"order_ref,omitempty"`
	Event           string   `json:"event_ref,omitempty"`
	Kind            string   `json:"kind"`
	Stands          string   `json:"note,omitempty"`
	Count           int      `json:"orders,omitempty"`
	Day             string   `json:"day"`
	At              string   `json:"at"`
	Occurred        string   `json:"occurred_at,omitempty"`
	Revised         string   `json:"revised_at,omitempty"`
	Recorded        string   `json:"recorded_at,omitempty"`
	Earlier         []string `json:"earlier_versions_at,omitempty"`
	Amount          string   `json:"amount"`
	Said            string   `json:"amount_as_sent,omitempty"`
	Margin          string   `json:"margin,omitempty"`
	Discount        string   `json:"discount,omitempty"`
	ServiceCost     string   `json:"service_cost,omitempty"`
	AcquisitionCost string   `json:"acquisition_cost,omitempty"`
	Channel         string   `json:"channel,omitempty"`
	Category        string   `json:"category,omitempty"`
	Lines           int      `json:"items,omitempty"`
}

type heldMoney struct {
	Kind   string `json:"kind"`
	Order  string `json:"order_ref,omitempty"`
	Event  string `json:"event_ref,omitempty"`
	Count  int    `json:"events,omitempty"`
	Day    string `json:"day"`
	At     string `json:"at"`
	Amount string `json:"amount"`
	Said   string `json:"amount_as_sent,omitempty"`
}

type heldFeedback struct {
	Kind  string   `json:"kind"`
	ID    string   `json:"event_id,omitempty"`
	Event string   `json:"event_ref,omitempty"`
	Order string   `json:"order_ref,omitempty"`
	Day   string   `json:"day"`
	At    string   `json:"at"`
	Score *float64 `json:"score,omitempty"`
	Scale string   `json:"scale,omitempty"`
	About string   `json:"topic,omitempty"`
}

type heldInteraction struct {
	Kind    string `json:"kind"`
	Event   string `json:"event_ref,omitempty"`
	Day     string `json:"day"`
	At      string `json:"at"`
	Channel string `json:"channel,omitempty"`
	Weight  int    `json:"weight"`
	Cost    string `json:"cost,omitempty"`
}

type heldDay struct {
	Day      string   `json:"day"`
	Kind     string   `json:"kind"`
	Count    int      `json:"interactions"`
	Weight   int64    `json:"weight"`
	Channels []string `json:"channels,omitempty"`
}

type heldTotals struct {
	Orders          int64          `json:"orders"`
	PurchaseDays    int64          `json:"purchase_days"`
	FirstDay        string         `json:"first_purchase_day,omitempty"`
	SecondDay       string         `json:"second_purchase_day,omitempty"`
	LastDay         string         `json:"last_purchase_day,omitempty"`
	UsualGapDays    float64        `json:"usual_days_between_purchases,omitempty"`
	First           string         `json:"first_purchase_at,omitempty"`
	Last            string         `json:"last_purchase_at,omitempty"`
	LastAmount      string         `json:"last_amount"`
	Lines           int64          `json:"items"`
	LastLines       int64          `json:"items_of_the_last_order"`
	Spend           string         `json:"net_spend"`
	Margin          string         `json:"margin"`
	MarginSpend     string         `json:"amount_of_the_orders_with_a_margin"`
	Discount        string         `json:"discount"`
	ServiceCost     string         `json:"service_cost"`
	AcquisitionCost string         `json:"acquisition_cost"`
	FirstDayNet     string         `json:"net_of_the_first_purchase_day"`
	RepeatDays      int64          `json:"repeat_purchase_days"`
	Repeat          string         `json:"net_of_the_repeat_purchase_days"`
	OutreachCost    string         `json:"outreach_cost"`
	OutreachDays    []heldCost     `json:"outreach_cost_of_365_days,omitempty"`
	OutreachLacks   string         `json:"outreach_cost_may_lack_days_until,omitempty"`
	Categories      int            `json:"categories,omitempty"`
	FirstYear       int64          `json:"orders_of_the_first_365_days_with_a_service_cost,omitempty"`
	FirstYearCost   string         `json:"service_cost_of_the_first_365_days,omitempty"`
	Interactions    map[string]int `json:"interactions_older_than_90_days,omitempty"`
}

type heldCost struct {
	Day  string `json:"day"`
	Cost string `json:"cost"`
}

type heldChannel struct {
	Name         string `json:"channel"`
	Interactions int64  `json:"interactions_older_than_7_days"`
}

type heldConsent struct {
	Channel string `json:"channel"`
	Granted bool   `json:"granted"`
	At      string `json:"at"`
	Event   string `json:"event_ref,omitempty"`
}

type heldAttribute struct {
	Key   string `json:"attribute"`
	Value string `json:"value"`
	At    string `json:"at"`
	Event string `json:"event_ref,omitempty"`
}
