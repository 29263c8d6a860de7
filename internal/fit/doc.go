// Package fit finds the parameters of the models of package stat by maximum likelihood, and says how far they can be trusted.
//
// # The method
//
// Customers come as Groups of equal histories: so a million customers are quick. A fit climbs from several fixed starts, in the
// logarithms of the parameters. Times are in units of their mean, money is in units of its geometric mean: so days and weeks, cents and
// euros give the same fit. It climbs by BFGS and then by Newton's method, whose last Hessian gives the standard errors.
//
// What is wrong with a fit is said in its Warnings. A model in which nobody leaves is never returned without a warning.
//
// Logit is the exception: it has rows of numbers instead of histories, and a likelihood with one peak. Newton's method finds the peak
// from anywhere.
//
// The same groups and options give the same bits, whatever the number of processors: sums are taken over fixed chunks, in order.
// There is no randomness.
//
// The 23,570 customers of CDNOW take 0.6 seconds of processor time for BG/NBD and MBG/NBD and 1.5 for Pareto/NBD. A million
// simulated ones, over two years of days in 315,000 groups, take 10 and 20.
//
// # What tidemark fit does
//
// The model that comes with Tidemark is that of CDNOW's customers. The command fits the purchase and the spend model to customers
// of your own:
//
//	bin/tidemark fit CDNOW_sample.txt --format cdnow-sample --as-of 1997-09-30 --out fitted.yaml   # to a log
//	bin/tidemark fit --from-redis --out fitted.yaml                                                # to the live histories
//	bin/tidemark model activate fitted.yaml
//
// The new file is the base with other parameters in it. The base is --model; with --from-redis it is the model in force. A section
// named fitted says where the parameters come from: dates, customers, log-likelihood, standard errors, warnings. All else, comments
// too, stays byte by byte. The lines between levels, tiers and grades are yours to look over. Look at what `backtest --model` says
// of the alerts before you activate the file.
//
// Where the data support no model, as where nobody is seen to leave, no file is written unless --accept-degenerate is given.
//
// The live histories are as good as a log for a fit to what is known now. A fit to an earlier date needs the log.
//
// # The churn stack
//
// With --churn-stack the command also fits a logistic regression over the purchase model's risk. The outcome is who left, as the log
// shows it. Package learn does that part. The regression reads:
//   - rhythm, baskets and spend;
//   - where the log knows of them: answers (NPS, satisfaction), complaints, the share of the spend given back, and interactions
//     and their trend.
//
// Feedback and interactions move a risk at the instant at which they come. They move it again at the instant at which they are a
// year old (interactions: 30 or 90 days). The normal risk of a customer counts what had been said by the last purchase.
//
// The command also writes the ranges that the weights were fitted to, from the 0.5th to the 99.5th percentile of each term. Beyond its
// range a term counts as the edge of the range. So an account of 100,000 dollars is alerted like the largest accounts that the fit has
// seen. What grows in silence has no range: package learn says why.
//
// From the live histories the churn stack learns what purchases say: it takes customers as they stood one horizon ago. What feedback
// and interactions weigh needs the log.
//
// Without --churn-stack the stack of the base stays. The default model's stack is that of the CDNOW sample at 1997-09-30 (version
// cdnow-2026.4). The comments of model.yaml in package model say how the lines between its levels were chosen. The comment of package
// backtest says how good the forecasts are.
package fit
