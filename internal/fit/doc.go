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
// # Regular customers
//
// MBG/NBD takes purchases to come at random. A subscriber who renews each March then looks lost in each February. So the command also fits a
// mixture of regularities to a log: a share of customers for each k, and the gap of a customer with k is the sum of k exponential phases. A k
// of 1 buys at random, a k of 13 nearly on the day. See Regular and stat.Regular.
//
//	bin/tidemark fit orders.jsonl --format jsonl --churn-stack --out fitted.yaml
//	bin/tidemark model check fitted.yaml   # names the shares
//	bin/tidemark backtest orders.jsonl --format jsonl
//
// The last horizon is held out. The mixture stays where it foretold better than k = 1 who buys nothing, by two standard errors; else k = 1 is
// left alone. Where the log is not sixty days longer than the horizon, and from live histories, a base with a mixture gets one that is fitted to the customers at
// hand, and a base without one gets none.
//   - --regular auto has no mixture where the log is too short to hold a horizon out.
//   - --regular keep decides nothing, as from live histories. --regular never takes the mixture of the base away.
//   - `backtest` decides at each cutoff; --no-regular leaves that to the model.
//
// A churn stack of the base is left out where the base has a mixture and the new model has none, or the other way round: its risks mean
// something else.
//
// Under a mixture P(no purchase within a horizon) turns back in silence: a yearly buyer is sure to buy nothing for months, and then buys. So:
//   - The risk that labels go by is 1 - P(alive), and the churn stack goes over that risk. Value is P(alive) times the purchases that were
//     expected right after the last one. Neither turns back in silence.
//   - The probability of no purchase and the expected orders are published, frozen and held against what came, as without a mixture.
//   - An alert names the factor regularity: the geometric mean of the gaps in percent of their mean. 100 says that all gaps are equal.
//
// Risks are lower than those of no purchase, so alert lines are too: let fit choose them.
//
// The gaps are a sum that histories keep. Histories of before do not have it, nor do merged ids that have bought in turns: such a customer counts
// as buying at random. fit counts them, and so does model check --against-live. `tidemark rebuild` mends the former.
//
// What it does on three logs, 91 days ahead (`fit --churn-stack --horizon-days 91 --accept-degenerate`, `backtest`):
//
//	               gain of log loss, held out      of 5 cutoffs    the fit takes
//	CDNOW sample   -.00007 ± .00005                0 with          k = 1
//	Online Retail  +.01519 ± .00302                2 with          30 % k = 1, 48 % k = 2, 22 % more
//	apparel        +.00006 ± .00010                0 with          k = 1
//
// At the two cutoffs of Online Retail the mean of P(no purchase) less the share that left went from +.004 to -.046 and from +.074 to +.032. The
// bias of counts went from +5.8 % to +13.2 % and from -10.4 % to -5.9 %. The purchase model's AUC rose by .004 and .006, and the stack's fell by
// .001 at both.
//
// What a mixture costs while it scores, in microseconds of user CPU, the median of three runs. A weekly customer has 30 purchases, a yearly one
// five.
//
//	                                   without    with
//	an event of a weekly customer          6.7     7.0
//	an event of a yearly customer          122     233
//	the view of a weekly customer          4.0      48
//	the next review of that customer       6.8      42
//
//	go test -c -o score.test ./internal/score   # then one line at a time: user time over the number of events
//	time ./score.test -test.run '^$' -test.bench 'Mixture/apply$/on' -test.benchtime 60000x
//
// What the decision costs, in seconds of user CPU on the CDNOW sample, where k = 1 stays alone: `fit --churn-stack` takes 5.0 with it, and 3.7 with
// --regular keep; `backtest` takes 23.5, and 10.9 with --no-regular. On full CDNOW `fit` takes 13.4 and 11.1.
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
//   - An ingredient that costs more than one standard error is left out: the shape of silence, the habit, money, baskets, feedback, engagement,
//     last year.
//   - A stack that does not beat the purchase model alone by one standard error is left out, and the risk is the purchase model's.
//   - Where a fifth of the customers judges, each of this takes two standard errors, and the stack stays unless it is worse by two: customers who
//     judge at the cuts of the fit cannot see what time changes. See learn.Decide, with figures of young shops.
//
// The report and the section fitted.hold_out of the model file give the figures. On apparel, of 600 customers, the purchase model stays alone.
// With all weights drawn to 0, as before, the stack's AUC was .012 below that of the purchase model.
//
// "Bought in this window last year" (last_year) must pay by one standard error, else it is left out. With the term each look at a customer reads
// all orders once more, and the risk steps without an event: down when a purchase of last year enters the window, up when the purchase leaves it.
// Where no hold-out can tell, the term is left out too. That is so in a log without a year less a horizon before the earlier cuts, where the
// term does not vary, and for live histories, unless the stack of the base has the term. The hold-out leaves the term out on apparel, on the CDNOW
// sample and on Online Retail: beside the others it changes the AUC, at the cutoffs of package backtest, by −.0005, −.0005 and −.0004. It pays for
// a shop whose customers come back on the same date each year: on a simulated log of 1,200 customers, two fifths of them such, the gain of log
// loss out of time is .053 ± .008.
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
//
// # The learnt value
//
// With --value-stack the command also fits clv_learnt, the customer lifetime value by machine learning: two regressions over what MBG and
// Gamma-Gamma expect. The first gives the log-odds that a customer brings money within the horizon of the value. The second gives the
// logarithm of how much, given that the customer brings any; it is a gamma regression. Both read the forecast of the models, the silence, frequency,
// tenure, spend over life and over the last year, the last order, items, feedback and engagement. A ridge draws them to the models: with few
// customers clv_learnt says what the models say. Where there is a season, the forecast of the models brings it in.
//
//		bin/tidemark fit orders.jsonl --format jsonl --churn-stack --value-stack --out fitted.yaml
//
//	  - clv_learnt never rises in silence, between two changes of the facts: no term that falls in silence has a negative weight.
//	  - Beyond the range that it was fitted to, a term counts as the edge of the range. So does what the regressions make of the forecast; the
//	    forecast itself goes on in full, for a large account is large.
//	  - `customer show --explain` says what clv_learnt is made of: the value of the mean customer, and what each factor adds.
//
// It is published beside the other values. It becomes the predicted_value of the scorecard only where it was better on the last horizon: the
// command fits a second one a horizon earlier, and compares its log loss, RMSE and Gini with those of the models. All three must be better by
// more than chance. The report and the file say the figures with their 95 % intervals (fitted.value.because, value_stack.predicts). The values
// clv and clv_current, and the value at stake, stay those of the models.
//
// That takes two horizons and 60 days of log: for a value of a year 26 months. A shorter log gives a clv_learnt that nobody can judge, and the
// predicted value stays. --value-days fits another horizon, and makes that the horizon of the value; then set the bounds of predicted_value
// in the scorecard anew.
//
// Without --value-stack the learnt value of the base stays. It is left out where the purchase model is of another kind: bg-nbd, or a mixture of
// regularities where the base has none, or none where the base has one. The weights then mean something else.
//
// Part two was chosen by these figures: RMSE of a gamma regression and of least squares on the logarithm, with the ridge of 100, and of the models.
// The bias is that of the sum.
//
//	                                gamma             logarithm         models
//	CDNOW, 91 days, 1997-12-31      36.05 (+13 %)     36.12 (+13 %)     35.02 (-11 %)
//	Online Retail, 2011-05-31       2,409 (+16 %)     2,707 (+32 %)     2,824 (-13 %)
//	Online Retail, 2011-07-31       3,049 (-1 %)      2,855 (+5 %)      4,148 (-30 %)
//	apparel, 365 days, 2009-12-20   40.45 (-1 %)      40.40 (-3 %)      42.15 (+3 %)
//
// `tidemark backtest` gives the columns gamma and models for any cutoff and horizon.
package fit
