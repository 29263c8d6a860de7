// Package judge measures forecasts against what happened: how well forecasts
// rank the customers, whether a probability of 30 % comes true in 30 % of the
// cases, and how far counts and amounts were off.
//
// Numbers in, numbers out: no clock, no state, no I/O. The slices of one call
// run over the same cases and have equal lengths; anything else panics.
//
// # Undetermined measures
//
// A measure that the cases do not determine is NaN: an AUC where everybody left,
// the slope of forecasts that are all alike, any measure of no cases. So is a
// measure of a forecast that is NaN.
//
// # Certainty
//
// One case that goes against a certain forecast would outweigh all others. So a
// measure that takes a logarithm moves a probability nearer than 1e-6 to 0 or 1,
// and a forecast count below 1e-6, to 1e-6 from the bound. Scores are rounded to
// 1e-6.
//
// # Ties
//
// No measure depends on the order of the cases: cases of equal forecasts are
// treated alike.
package judge
