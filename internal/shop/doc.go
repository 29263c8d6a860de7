// Package shop is a simulated shop whose customers are drawn from a known population: what it sends looks like the
// traffic of a real one, faults included, and the truth behind it is there to check against.
//
// Purchase days follow the MBG/NBD model and spend per purchase day the Gamma-Gamma model of package stat. Everything
// else (visits, answers, refunds, late and broken messages) is decoration around these and leaves them as they are,
// except that a cancel or a full refund takes an order back.
//
//	steps: what each customer does next       post: what is written, not yet sent
//	   purchase, touch --------live---------> late ones wait, some go twice --Next--> in order of record time
//
// A Shop holds one or two entries per customer and what is under way, never a year of events. It is a function of its
// Config: the same one gives the same messages, byte for byte. Days are those of UTC.
package shop
