// Package dataset reads purchase logs as events: public data sets, exports of shops as CSV, and lines of JSON.
//
// # Tables of orders
//
// The format csv is a table with a header. Fields are separated by commas, semicolons, tabs or bars, whichever gives the columns that are
// wanted. The text is UTF-8. A Mapping gives columns roles:
//
//	customer      the customer's id
//	order         the order's id; without this column each row is an order of its own
//	at            when it was ordered
//	amount        what the order comes to; it stands on one row of the order
//	total         in place of amount: what the order comes to, on each of its rows
//	line_amount   in place of amount: what a row comes to; the rows of an order are added up
//	currency      an ISO 4217 code, or one of Options.Digits; without this column Options.Currency holds for all rows
//	refund        what was paid back of the order so far, with or without a minus
//	refund_at     when it was paid back; without this column, when it was ordered
//	cancelled_at  when the order was cancelled
//	status        an order that is cancelled, failed, voided, expired, pending or a draft is no sale
//	revised_at    when the shop wrote this version of the order
//	referrer      the id of the customer who has recommended the shop to this one, on one row of the order or on each
//
// An order becomes an ORDER, a refund a REFUND that is linked to the order, a date of cancellation a CANCEL.
//
// Amounts are in major units, such as 1,234.50 or 1.234,50 €. Thousands may be separated by a comma, a point, an apostrophe or a blank. An
// amount becomes minor units exactly, and is never rounded: an amount finer than its currency is left out. Times are RFC 3339,
// 2026-03-01 12:00:00 +0100, 2026-03-01, 01.03.2026, March 1, 2026 or 01/03/2026, with seconds or without, and with AM and PM.
// A time without an offset is one of Options.Zone; of two that a clock shows twice, it is the first.
//
// An oldest time and strictness hold for all formats: see Options.
//
// Whether 1,234 has a decimal comma, and whether 01/03/2026 is in January, other rows of the file must tell, or Options. Otherwise
// reading ends with an error.
//
// A later export of the same orders may be read as well: what is the same in both counts once. A refund that has grown in between is the
// limit: both refunds count, up to the amount of the order. An order that has changed in between needs a revised_at: then the version with the
// later time wins. The order counts from this time on, and stays on its day. If its day lies a year or more before, the order is too late.
package dataset
