// Package fit finds the parameters of the models of package stat by maximum
// likelihood, and says how far they can be trusted.
//
// Customers come as Groups of equal histories, which is what makes a million of
// them quick. A fit climbs from several fixed starts, in the logarithms of the
// parameters, with times and money in units of their means (so that days and
// weeks, cents and euros give the same fit), by BFGS and then by Newton's method,
// whose last Hessian gives the standard errors. What is wrong with a fit is said
// in its Warnings; a model in which nobody leaves is never returned without one.
//
// Logit is the exception: rows of numbers instead of histories, and a likelihood
// with one peak, which Newton's method finds from anywhere.
//
// The same groups and options give the same bits, whatever the number of
// processors: sums are taken over fixed chunks, in order. There is no randomness.
//
// The 23,570 customers of CDNOW take 0.6 seconds of processor time for BG/NBD and
// MBG/NBD and 1.5 for Pareto/NBD; a million simulated ones, over two years of days
// in 315,000 groups, 10 and 20.
package fit
