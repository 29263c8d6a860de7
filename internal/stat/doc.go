// Package stat answers, from a few numbers of a customer, whether the customer
// is still there, how often the customer will buy, and how much the customer
// will spend.
//
// It holds the purchase models of the BG/NBD family (BGNBD, MBGNBD), Pareto/NBD,
// NBD, Regular for customers who buy at their own rhythm, the discrete models
// BG/BB and sBG, the Gamma-Gamma model of spend, and a Logistic model of anything
// that happens or not. Each has the likelihood and
// the gradient from which package fit finds its parameters. Numbers in, numbers
// out: no clock, no state, no I/O. Symbols keep the letters of the papers.
//
// # Units
//
// A model has one unit of time: the unit of its Alpha and of the histories that
// it was fitted to (days, weeks, ...). Every time argument and every time
// returned is in that unit. Purchases are purchase days: all orders of a day
// count once.
//
// # Where bad input is refused
//
// Validate, of a model or of a Rhythm, refuses bad input once. Input that has
// passed never yields NaN, a probability outside [0, 1] or a negative
// expectation.
//
// # Reproducibility
//
// A product that is added to something is written float64(a*b) + c. That forbids
// the compiler to fuse the two (arm64, ppc64, riscv64 and s390x would). The
// functions of package math may still differ in the last bits between
// architectures. So callers round what they publish or compare to 1e-6.
package stat
