// Package history keeps the little that we remember of a customer: a bounded digest of facts. Every number follows from the
// facts, and the facts do not depend on the order in which they arrived.
//
// # What is kept
//
// H is the newest day on which any accepted event happened, or was revised. The state is a set of facts, cut off at distances from
// H. All else is derived when somebody asks for it.
//   - Orders, cancellations, refunds: each is a fact for 730 days. Then its day is sealed: it is added to lifetime totals, which also know the
//     first, the second and the last purchase day, and the sum of the logarithms of the gaps.
//   - Payments and feedback: each is a fact for 365 days. Only a Grievance keeps the id of its event.
//   - Interactions: each is a fact for 7 days. Then it is folded: counted per day and kind for 90 days, then over life. What it cost is kept by
//     day for 365 days, then over life.
//   - The category of most of an order's amount: for as long as the order, and then that some sealed order has it.
//   - What it cost to serve the orders of the first 365 days: for ever.
//   - Pairs of the customer, as who has referred somebody, with a buyer: keyed hashes of the buyers, for ever.
//   - Consent per channel, and the customer's attributes: the last word, for ever.
//
// # Versions of an order
//
// ORDER and CANCEL are versions of their order id. A version has two times: occurred, and revised (revised_at, or else occurred_at;
// never before occurred).
//
//   - Which version counts: versions are ordered by (revised, CANCEL last, record time, event_id, occurred). The greatest version
//     counts. A version overrules the lesser versions whose occurred is less than 365 days older, be it overruled itself or not.
//   - A repetition: the same event_id, kind, occurred and revised are one version. Its record time is the least of all copies: to
//     deliver an event again, later, changes nothing.
//   - From when: the versions that are revised on one day come into force together, at the least revised of the day. So the greatest
//     version of a day speaks for all versions of that day.
//   - On which day the order is: on the occurred of the version that counts, if its revised is another instant. Else on the least
//     occurred of the ORDERs of the id that are not greater and less than 365 days older. A source that stamps each version with the
//     time of a status does not move the order.
//   - An occurred 365 days before H, or before its own revised, is too late.
//
// # Which facts meet
//
//   - A REFUND or CHARGEBACK with an order id belongs to a version of that id that counts and whose occurred is less than 365 days
//     away: to the newest such version at or before the refund, else to the oldest after it. A refund of a CANCEL moves no money.
//   - The refunds of an order add up. If those before its version come to the whole amount, the order has been placed again, and they
//     move nothing. If all others come to the whole amount, and one of them is not before the version, the order is taken back, as by
//     a CANCEL. Else each reduces money by what is left of the order's amount at most, in canonical order (occurred_at, event_id), on
//     its own day or on the order's, whichever is later.
//   - They are compared in the currency of their order, if their currency is the same. So a change of rates between order and refund
//     makes no whole refund a partial one, and a part takes off its share of what the order came to in the base currency. A refund in
//     another currency is worth what it came to in the base currency on its own day, by the rate of the order: a Summary knows no other
//     rates.
//   - A REFUND or CHARGEBACK without an order id, or without its order, reduces money on its own date by all that it says.
//     One with an id but no order is an orphan: it reduces spend alone, never the net of a purchase day.
//   - Two events with the same id on the same day are one event. If their contents differ, the greater content counts. An
//     ORDER or CANCEL is also known by its order id.
//   - A COMPLAINT_RESOLVED closes complaints that are not younger than itself: those about its order, or all complaints where
//     it names no order.
//
// # Why the order of arrival cannot matter
//
// Two things are forgotten: days that are sealed, and versions that are overruled. Each must say, when it is forgotten, what any later
// look would say.
//
// Sealing. Every accepted event is less than 365 days late by its occurred (an interaction: less than 90). Which version counts, and
// what its refunds do, depends on versions and refunds less than 365 days away. So what becomes of a version that occurred on day d
// is known once all of d+365 has arrived, at H >= d+730. A version that occurred on d may place its order up to 364 days before. So
// day d is sealed at H >= d+730, but not before the versions of all orders of d are 730 days old:
//
//	day d              d+364                d+729                   d+1094
//	├──────────────────┼────────────────────┼───────────────────────┤
//	order placed       its last version     what may overrule that  has arrived
//
// Nothing that arrives later brings an order to a sealed day. It would need an ORDER that occurred on that day, and a version less than
// 365 days younger that was unknown at H >= d+730. Both would be too late.
//
// When an order is sealed, its refunds stay on their own days as plain reductions, by the amounts that they moved in effect. An orphan
// may still find an order that is up to a year younger, and the fate of that order is open for another year. So orphans are sealed after
// 1095 days. They touch the net of no day, so the days need not wait for orphans.
//
// Overruled versions. Let v overrule u, and u be forgotten. Three things may still be asked of u:
//
//   - Does u overrule a version t that arrives later? Then t < u < v. t is not 365 days late, so its occurred is less than 365 days
//     before that of v. And t did not occur later than it was revised, so neither 365 days after v. So v overrules t as well.
//   - Does u say on which day the order is? That is kept with v: the occurred of the ORDERs up to v, the least of each day, less than
//     365 days before v was revised. A version w above v takes them over. Only w that occurred when it was revised asks for them, and
//     then later than v was revised: what v had dropped is out of w's reach too.
//   - Does u count once more? Only a version of the same kind and revised may lose to u later, because a copy of its event brings an
//     earlier record time. So such versions are not forgotten but kept with v, as its ties, while a copy may still arrive.
//
// The instants before v came into force are never asked for: u is kept until v was revised before the day before H. A version of v's own
// day need not wait, because both come into force at once. Of such versions v keeps the least revised, and the day of the least occurred:
// what they overrule, v overrules for them, for as long as u is kept. A version that joins v later drops by itself what it overrules.
//
// # Several ids of one customer
//
// Each id keeps its own history. Together answers as if one id had observed the events of all, and says where it cannot know.
//
// # Caps
//
// Beyond a cap less is known of a fact. Summary.Spilled counts all facts beyond the caps.
//
//	fact                     a day   in all   beyond the cap
//	orders, cancellations      256     4096   an order goes to an aggregate of its day, a cancellation is dropped
//	days of one order's ORDERs           32   the later days are forgotten: after 365 days the order may be on a later day
//	ties of one version                  16   the least is forgotten: a repetition with a later record time counts
//	refunds                     32      256   to an aggregate of its day
//	payments                    32      512   to an aggregate of its day
//	feedback                    16      256   dropped
//	interactions                64            folded at once: a repetition is not recognised
//	channels                             16   one more, called "other"
//	categories of orders                 32   one more, called "other"
//	categories of sealed orders          32   one more, called "other"
//	consents                             16   dropped
//	pairs with a referred buyer          64   counted only: one that arrives again counts again
//
// An aggregate counts its facts and adds up their amounts. It knows no order id, no costs and no repetition. Versions of an order that is
// known need no room of their own.
package history
