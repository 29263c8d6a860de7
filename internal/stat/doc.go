// Package stat answers, from a customer's few numbers, whether they are still
// there, how often they will buy and how much they will spend.
//
// It holds the BG/NBD family of purchase models (BGNBD, MBGNBD), Pareto/NBD, and
// the Gamma-Gamma model of spend, with the likelihoods and gradients that package
// fit finds their parameters by, and a Logistic model of anything that happens or not. Numbers in, numbers out: no clock, no state, no
// I/O. Symbols keep the letters of the papers.
//
// # Units
//
// A model has one unit of time, that of its Alpha and of the histories it was
// fitted to (days, weeks, ...). Every time argument and every time returned is
// in that unit. Purchases are purchase days: all orders of a day count once.
//
// # Where bad input is refused
//
// Validate, of a model or of a Rhythm, refuses it once. What has passed never
// yields NaN, a probability outside [0, 1] or a negative expectation.
//
// # Reproducibility
//
// A product that is added to something is written float64(a*b) + c, which
// forbids the compiler to fuse the two (arm64, ppc64, riscv64 and s390x would).
// The functions of package math still may differ in the last bits between
// architectures, so callers round what they publish or compare, to 1e-6.
package stat
