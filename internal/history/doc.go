// Package history keeps the little that we remember of a customer: a bounded digest of facts from which every number
// follows, and which does not depend on the order in which the facts arrived.
//
// # What is kept
//
// H is the newest day of any accepted event. The state is a set of facts, cut off at distances from H; everything else is
// derived when asked for.
//   - Orders, cancellations, refunds: one fact each for 730 days. Then the days are sealed into lifetime totals.
//   - Payments, feedback: one fact each for 365 days; the id of its event of a Grievance alone.
//   - Interactions: one fact each for 7 days, then per day and kind for 90, then lifetime counts.
//   - The category of most of an order's amount, as long as the order.
//   - Consent per channel and the attributes of EVENTS: the last word, for ever.
//
// # Which facts meet
//
//   - ORDER and CANCEL are versions of their order id. The greatest (occurred_at, CANCEL last, event_id) overrules those
//     less than 365 days older. Overruled versions are forgotten as soon as the one above them lies two days back.
//   - A REFUND or CHARGEBACK with an order id belongs to the version of that id that stands less than 365 days away: the
//     newest not younger than itself, else the oldest younger one. If that is a CANCEL, it moves nothing. If it gives back
//     the whole amount (or more) it removes the order, unless the order is younger: then the order has been placed again,
//     and it moves nothing. Otherwise it reduces money, in canonical order (occurred_at, event_id) and at most by the order's
//     amount, on its own date or the order's, whichever is later. Without an order, or without an order id, it reduces
//     money on its own date by all it says; an orphan (id, but no order) touches spend alone, never a purchase day's net.
//   - The same event id on the same day is the same event, and if the contents differ the greater counts. An ORDER or
//     CANCEL is known by its order id as well.
//   - A COMPLAINT_RESOLVED closes the complaints not younger than itself: those of its order, or all where it names none.
//
// # Why order cannot matter
//
// Every event that is accepted is less than 365 days late (interactions: 90). What becomes of a version on day d depends
// on versions and refunds before d+365 alone, and those have come once H >= d+730: so sealing day d at H >= d+730 says what
// it would ever say. With 365 days of exact facts it would not: a cancellation may come after its order was sealed. The
// refunds of a sealed order stay for their own days as plain reductions of what they effectively moved. An orphan may
// still find an order up to a year younger, whose standing is open for another year: orphans are sealed after 1095 days,
// and as they touch no day's net, the days need not wait for them. A version may be forgotten when overruled, because
// whatever it would overrule and may still come is less than 365 days away from the version above it too.
//
// # Caps
//
// A day holds 32 orders (cancellations included), 32 refunds and 32 payments, a summary 1024, 256 and 512. A fact beyond is
// added to an aggregate of its day: it is counted, but knows no order id, no costs, no repetition; a cancellation is
// dropped. Beyond 16 feedbacks a day (256 in all) feedback is dropped, beyond 64 interactions a day repeats are not
// recognised, beyond 16 channels (32 categories of the orders kept) one more is called "other", beyond 16 consents a consent
// is dropped. Summary.Spilled counts them all.
package history
