// Package backtest judges the models out of time. At cutoffs of a log it fits them to what came before, lets them forecast what
// comes after, and holds the forecasts against it, beside what an analyst would do without the models.
//
//	bin/tidemark backtest online_retail.csv.gz --format online-retail --json backtest.json --html backtest.html
//
// The figures below are of public data: two logs, CDNOW and Online Retail, and one table. The command that gives them stands with them.
//
// # How good are they?
//
// Each cutoff is judged only by what came after it.
//
// The AUC of the churn stack, less that of a logistic regression on RFM: 91 days ahead, the mean over rolling cutoffs, with its
// 95 % interval by customer. Above 0 the stack ranks better.
//
//	                       cutoffs                         all customers                who bought within 91 days
//	CDNOW sample, 2,357    7 month ends from 1997-09-30    −.0003 (−.0027 to +.0021)    +.0016 (−.0017 to +.0050)
//	CDNOW, 23,570          the same                        +.0005 (−.0001 to +.0011)    +.0025 (+.0013 to +.0037)
//	Online Retail          2011-05-31 to 08-31, 09-09      +.0040 (+.0014 to +.0066)    +.0042 (+.0015 to +.0069)
//	apparel, 600           5, the last on 2010-09-20       +.0056 (−.0001 to +.0112)    +.0055 (−.0110 to +.0220)
//
//	TIDEMARK_DATA=… go test ./internal/backtest -run AgainstLogitRFM -v
//
// The calibration slopes lie in [.85, 1.15] at these cutoffs. Two of apparel's five are 1.16 and 1.22, with standard errors of .2: some 45
// customers come back. The calibration error is not as small as a perfect model would show by
// chance: on full CDNOW it is .010 to .025 against .007. The reason: between the past and what comes, the share that leaves moves by
// up to .04.
//
// Purchase days to come are those of MBG/NBD:
//   - Poisson's deviance is .40 to .58 of that of the usual rate carried on.
//   - Their sum is off by −17 to +8 % on CDNOW (at four of the seven cutoffs by less than 10 %), and by up to −25 % before the
//     retailer's autumn.
//   - Of 56 classes by repeat purchases 38 lie within 15 % or two standard errors. The others are mostly too low. They are among
//     the classes of none to two repeats.
//   - Neither log has the two years that a season needs. To correct each cutoff by the error of the quarter before it would turn −8 and +8 %
//     into +10 and +17 %.
//
// Spend is Gamma-Gamma over MBG/NBD, against the past average. The error is the RMSE per customer:
//
//	                 Gamma-Gamma        past average
//	CDNOW sample     26 to 33 dollars   44 to 57 dollars
//	Online Retail    2,800 to 4,100     2,400 to 3,700      the past average is better
//
// What is learnt over both (see package fit, the learnt value) has on Online Retail an RMSE of 2,002 to 6,246 at the five cutoffs of
// `tidemark backtest`, where Gamma-Gamma has 2,404 to 6,727 and the past average 2,099 to 6,508: at each of the five it is the best. It ranks
// better at four of them (Gini). On full CDNOW it ranks better and is not nearer.
//
// The report also shows how purchase days come in, week by week.
//
// # Are alerts true?
//
// The same command tells. It puts the model fitted before each cutoff into force, and the engine itself carries the customers on. An
// alert is true if its customer buys nothing in the 91 days after the alert's own instant. Beside it stands what a random customer
// of equal frequency and recency did from that instant on.
//
// The default lines, WATCH and above. There are five cutoffs four weeks apart; for the retailer they are
// --cutoff 2011-05-31,2011-06-30,2011-07-31. The difference is that of the shares that are true.
//
//	                                   by value    equal frequency    difference,                 a month per
//	                 alerts    true    at stake    and recency        95 %              recall    1,000 customers
//	CDNOW sample        344    .735    .809        .681               −.023 to +.132    .40       17
//	CDNOW             3,822    .715    .711        .692               −.002 to +.046    .33       19
//	Online Retail         1    it is               .60                                  .00       0.1
//
//	bin/tidemark backtest CDNOW_master.txt --format cdnow
//
// Seven alerts of ten are true. That is hardly more than among silences of others who buy as often and have been silent as long: on
// these logs frequency and silence say nearly all. The aim, a precision clearly above theirs, is not reached.
//
// When alerts come (the sample; CDNOW in brackets):
//   - The median alert comes 23 days (29) after the 90th day of silence, and 252 (246) before the lapse.
//   - The customer of a false alert buys after 41 (35) days.
//   - AT_RISK is true in .73 (.76) of the cases, CRITICAL in .80 (.84).
//
// Floors make alerts true. A larger rise, a fourth purchase day, a longer minimum silence or a minimum spend
// (churn.min_spend) make them fewer or later, not truer. Where few leave, as among that retailer's regulars, a floor of .65 is rarely
// reached: a floor of .55 gave 10 alerts, all of them true against .51.
//
// # Sums with intervals
//
// The report gives the purchase days and the spend to come of all customers and of groups, with an interval of 80 %. An interval adds the
// chance of single customers and what hits all of them at once. The second is learnt from the errors at earlier cutoffs, whose horizons had
// ended by then; see judge.BandOf. From ten earlier intervals on, an interval is at least as wide as would have held at four of five of the
// earlier cutoffs; see judge.Rolling. The report says how often intervals made in the same way held. It looks back to at most 39 cutoffs,
// four weeks apart (a quarter of a longer horizon). Where a log has more than 30,000 customers, the earlier cutoffs are looked at with a
// sample of about so many.
//
//	bin/tidemark backtest apparel.jsonl.gz --format jsonl --season --cutoffs 13     33 of 41 intervals of purchase days held, 37 of spend
//	bin/tidemark backtest CDNOW_master.txt --format cdnow                           4 of 4: the log is young
//
// There are limits. An interval knows only errors that the log has shown: of a log of a year, the next season is not among these. Sums leave
// out customers who first buy after the cutoff. A group with fewer than ten expected purchase days has no interval.
//
// # What each ingredient adds
//
// `backtest --ingredients` fits the stack without one ingredient after the other, to the same cases, and compares the forecasts of the same
// customers: by AUC (DeLong) and by log loss (paired). A customer at several cutoffs counts as one case. It takes about a sixth longer: 25.9 s of
// processor time against 22.6 for two cutoffs of CDNOW.
//
//	               CDNOW, log loss               Online Retail                   apparel, --season
//	silence        +.0022 (+.0018 to +.0026)     +.0065 (+.0030 to +.0099)       +.0053 (+.0014 to +.0092)
//	habit          +.0010 (+.0006 to +.0014)     −.0023 (−.0046 to −.0001)       +.0016 (+.0004 to +.0027)
//	money          +.0005 (+.0002 to +.0008)     +.0023 (+.0002 to +.0043)       +.0001 (−.0006 to +.0008)
//	baskets                                      +.0001 (−.0013 to +.0015)
//	feedback                                     −.0004 (−.0009 to +.0000)
//	season                                                                       +.0020 (−.0003 to +.0042)
//
//	bin/tidemark backtest CDNOW_master.txt --format cdnow --cutoffs 13 --ingredients    (likewise the others)
//
// Feedback of the retailer is what was given back; its log has no answers.
//
// # Aims
//
// The tables end with the aims: what the model must reach on a log, and by how much it misses. README has them for the public logs.
//
// # What feedback adds
//
// A table of 5,630 e-commerce customers without dates. The AUC is that of a logistic regression, with forecasts of a tenth from the
// other nine:
//
//	recency, frequency and cashback       .674
//	with engagement                       .693
//	with satisfaction and complaints      .765    (+.072, .058 to .086)
//
//	bin/tidemark crosssection ecommerce_churn.csv --outcome Churn --add rfm=DaySinceLastOrder,OrderCount,CashbackAmount \
//	  --add engagement=HourSpendOnApp,NumberOfDeviceRegistered,CouponUsed,OrderAmountHikeFromlastYear \
//	  --add feedback=SatisfactionScore,Complain
//
// A table that knows no time gives no coefficient to the stream: the default model has none of this. A dated log gives them:
// `tidemark fit --churn-stack`, see package fit.
package backtest
