// Package shop simulates a shop. Its customers are drawn from a known population, and its messages look like real traffic,
// faults included. The truth about each customer is known, so results can be checked against it.
//
// Purchase days follow the MBG/NBD model of package stat, and spend per purchase day the Gamma-Gamma model. Visits, answers,
// refunds, late and broken messages change neither, with one exception: a cancel or a full refund takes an order back.
//
//	steps: what each customer does next       post: what is written, not yet sent
//	   purchase, touch --------live---------> late ones wait, some go twice --Next--> in order of record time
//
// A Shop holds one or two entries per customer and the messages under way, never a year of events. It is a function of its
// Config: equal Configs give equal messages, byte for byte. Days are days in UTC.
package shop
