// Package judge measures forecasts against what happened: how well they rank the
// customers, whether a probability of 30 % comes true in 30 % of the cases, and
// how far counts and amounts were off.
//
// Numbers in, numbers out: no clock, no state, no I/O. The slices of one call
// run over the same cases and have equal lengths; anything else panics.
//
// # What cannot be told
//
// A measure that the cases do not determine is NaN: an AUC where everybody left,
// the slope of forecasts that are all alike, anything of no cases. So is a
// measure of a forecast that is NaN.
//
// # Certainty
//
// One case that goes against a certain forecast would outweigh all others. Where
// a measure takes a logarithm, a probability nearer than 1e-6 to 0 or 1, and a
// forecast count below 1e-6, is therefore taken as that: 1e-6 is what scores are
// rounded to.
//
// # Ties
//
// No measure depends on the order of the cases: cases of equal forecasts are
// treated alike.
package judge
