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
// Parameters run away to infinity where customers do not differ. That is no defect of the data: Purchases and Spends then return the model at
// the limit, which has closed forms of its own, and say so (Collapsed, ConstantSpend). A limit is believed from 10 customers on who bought
// again.
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
// named fitted says where the parameters come from: dates, customers, log-likelihood, standard errors, notes, warnings. All else, comments
// too, stays byte by byte. The lines between tiers and grades are yours to look over. Look at what `backtest --model` says of the
// alerts before you activate the file.
//
// Also fitted are two lines of section churn, each with its reason in section fitted:
//   - second_order_days: half of those who bought again had done so by then. A base that says 0 asks nobody, and keeps the 0.
//   - lapse_days: nine of ten gaps between purchases had ended by then, and a horizon follows. It is never shorter than that of the base,
//     because a young shop has not seen its long gaps. A shop whose customers come back after 392 days gets 482.
//
// From a log also the lines of the churn levels are chosen: package lines does that part, and says how. --keep-alert-lines leaves these lines
// out.
//
// Three things are written as what they are:
//   - One price for all, or each customer a price: spend says `model: constant` and the mean over customers.
//   - One probability of leaving for all: purchase says `beta: collapsed` and leaving, in place of a and b. One purchase rate for all:
//     `gamma: collapsed` and rate, in place of r and alpha.
//   - Free purchase days: spend says paid_days and free_days, the days of the shop that count beside a customer's own. Value is forecast
//     days, times the share of days that are paid, times the spend of a paid day.
//
// Where the data support no model, as where nobody is seen to leave, no file is written unless --accept-degenerate is given.
//
// The command fits MBG/NBD and BG/NBD. ParetoNBD is here to be compared with the literature; no model file takes it.
//
// The live histories are as good as a log for a fit to what is known now. A fit to an earlier date needs the log.
//
// # The season
//
// The command also fits a season to the log: how fast customers buy in each week of the year, or in each month where weeks have few
// purchases. It needs two years. The last year is held out: a season that did not tell when its purchases came is left out, and the report
// says so. With a shorter log, and from live histories, the season of the base stays, and the purchase model is fitted in its time.
//   - --season auto has no season where the log is too short to hold a year out.
//   - --season always takes what one year shows.
//   - --season keep leaves the season of the base, --season never takes it away.
//
// Neither CDNOW nor Online Retail is long enough for a season. On apparel the season is found at all of five cutoffs. With it the AUC is .0004
// higher, and the sum of the purchase days to come is off by 17 % on average, not by 26 %:
//
//	bin/tidemark backtest apparel.jsonl.gz --format jsonl               # and the same with --no-season
//
//	bin/tidemark fit orders.jsonl --format jsonl --churn-stack --out fitted.yaml
//	bin/tidemark model check fitted.yaml   # draws the year
//
// Where the model has a season, the purchase model counts seasonal days: package season says what these are. What looks ahead does so in two
// ways:
//   - Labels, the churn risk and the predicted value look ahead for seasonal days, the horizon as so many average days. So they never turn back
//     in silence.
//   - What is published as a forecast, or held against what came, looks ahead for calendar days: no_purchase, expected orders, the dates of
//     the next purchase, frozen forecasts, backtest. So an autumn is no drift.
//
// Windows, the lapse, minimum stays and silence count calendar days. The churn stack is then learnt from the same season of up to three past
// years too. A stack moves with the season as the purchase model's risk does: nothing of that is fitted.
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
// A hold-out says what pays on the shop's own data. Stacks are fitted at earlier cuts, and judged by the customers at the cuts of the fit and
// by what these did. Where the log is too short, a fifth of the customers at a time judges stacks of the others. The measure is log loss.
//   - The weight of the purchase model's risk is drawn to 1 where that is better than to draw all weights to 0 alike.
//   - An ingredient that costs more than one standard error is left out: the shape of silence, the habit, money, baskets, feedback, engagement.
//   - A stack that does not beat the purchase model alone by one standard error is left out, and the risk is the purchase model's.
//
// The report and the section fitted.hold_out of the model file give the figures. On apparel, of 600 customers, the purchase model stays alone.
// With all weights drawn to 0, as before, the stack's AUC was .012 below that of the purchase model.
//
// "Bought in this window last year" is no ingredient yet, for it pays on none of the public logs. Beside the others it changes the AUC, at the
// cutoffs of package backtest, by −.0005 on apparel (in a season too), by −.0005 on the CDNOW sample and by −.0004 on Online Retail; beside
// the purchase model alone by −.0005 (−.0013 to +.0003) on apparel. A shop whose customers come back on the same date each year would gain: on
// a simulated one, with two fifths of such customers, the AUC rose by .15.
//
// Where the customers give no stack, because all left or nothing grows with silence, the risk is that of the purchase model alone, and a
// warning says so. --horizon-days fits the stack to another horizon than the base's, and makes that the horizon of the model.
//
// From the live histories the churn stack learns what purchases say: it takes customers as they stood one horizon ago. What feedback
// and interactions weigh needs the log.
//
// Without --churn-stack the stack of the base stays. The default model's stack is that of the CDNOW sample at 1997-09-30 (version
// cdnow-2026.4). The comments of model.yaml in package model say how the lines of its levels were chosen. The comment of package
// backtest says how good the forecasts are.
package fit
