// Package history keeps the little that we remember of a customer: a bounded digest of facts. Every number follows from the
// facts, and the facts do not depend on the order in which they arrived.
//
// # What is kept
//
// H is the newest day of any accepted event. The state is a set of facts, cut off at distances from H. All else is derived
// when somebody asks for it.
//   - Orders, cancellations, refunds: each is a fact for 730 days. Then its day is sealed: it is added to lifetime totals.
//   - Payments and feedback: each is a fact for 365 days. Only a Grievance keeps the id of its event.
//   - Interactions: each is a fact for 7 days. Then it is folded: counted per day and kind for 90 days, then over life.
//   - The category of most of an order's amount: for as long as the order.
//   - Consent per channel, and the customer's attributes: the last word, for ever.
//
// # Which facts meet
//
//   - ORDER and CANCEL are versions of their order id. They are ordered by (occurred_at, CANCEL last, event_id). The greatest
//     version overrules the versions that are less than 365 days older. An overruled version is forgotten once the version
//     above it is two days old.
//   - A REFUND or CHARGEBACK with an order id belongs to a version of that id that is not overruled and less than 365 days
//     away: to the newest such version at or before the refund, else to the oldest after it. A refund of a CANCEL moves no
//     money. A refund of the whole amount (or more) removes an order from before it; an order from after it has been placed
//     again, and the refund moves nothing. Any other refund reduces money by at most the order's amount, in canonical order
//     (occurred_at, event_id), on its own date or on the order's, whichever is later.
//   - A REFUND or CHARGEBACK without an order id, or without its order, reduces money on its own date by all that it says.
//     One with an id but no order is an orphan: it reduces spend alone, never the net of a purchase day.
//   - Two events with the same id on the same day are one event. If their contents differ, the greater content counts. An
//     ORDER or CANCEL is also known by its order id.
//   - A COMPLAINT_RESOLVED closes complaints that are not younger than itself: those about its order, or all complaints where
//     it names no order.
//
// # Why the order of arrival cannot matter
//
// Every accepted event is less than 365 days late (an interaction: less than 90). What becomes of a version on day d depends
// only on versions and refunds before d+365. All of them have arrived once H >= d+730. So day d is sealed at H >= d+730, and
// the seal says what any later look would say. After 365 days it would not: the cancellation of an order may still arrive.
//
// When an order is sealed, its refunds stay on their own days as plain reductions, by the amounts that they moved in effect.
//
// An orphan may still find an order that is up to a year younger, and the fate of that order is open for another year. So
// orphans are sealed after 1095 days. They touch the net of no day, so the days need not wait for orphans.
//
// An overruled version may be forgotten: whatever it would overrule, and may still arrive, is less than 365 days away from
// the version above it too.
//
// # Caps
//
// Beyond a cap less is known of a fact. Summary.Spilled counts all facts beyond the caps.
//
//	fact                     a day   in all   beyond the cap
//	orders, cancellations       32     1024   an order goes to an aggregate of its day, a cancellation is dropped
//	refunds                     32      256   to an aggregate of its day
//	payments                    32      512   to an aggregate of its day
//	feedback                    16      256   dropped
//	interactions                64            folded at once: a repetition is not recognised
//	channels                             16   one more, called "other"
//	categories of orders                 32   one more, called "other"
//	consents                             16   dropped
//
// An aggregate counts its facts and adds up their amounts. It knows no order id, no costs and no repetition.
package history
