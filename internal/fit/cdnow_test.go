package fit

import (
	"fmt"
	"strings"
	"testing"

	"tidemark/internal/dataset"
	"tidemark/internal/stat"
)

// The published fits, and fits that were recomputed from the logs.
func TestPurchaseLogs(t *testing.T) {
	sample, _ := orders(t, dataset.CDNOWSample, "cdnow/CDNOW_sample.txt").until(calibrated, week)
	full, _ := orders(t, dataset.CDNOW, "cdnow/CDNOW_master.txt").until(calibrated, week)
	var rounded []stat.Rhythm
	for _, row := range table(t, "cdnow/cdnow_customers_summary.csv") {
		rounded = append(rounded, stat.Rhythm{X: int(number(t, row[1])), TX: number(t, row[2]), T: number(t, row[3])})
	}
	synthetic := ledger{}
	for _, row := range table(t, "cdnow/example_transactions.csv") {
		at, _, _ := strings.Cut(row[0], " ")
		var year, month, d int
		if _, err := fmt.Sscanf(at, "%d-%d-%d", &year, &month, &d); err != nil {
			t.Fatal(err)
		}
		synthetic.add(row[1], date(year, 1, 1).AddDate(0, month-1, d-1), 0)
	}
	days, _ := synthetic.until(date(2014, 12, 31), day)

	for _, c := range []struct {
		name      string
		customers []stat.Rhythm
		model     string
		n         int
		want      [4]float64
		ll        float64
	}{
		{"CDNOW sample", sample, "BG/NBD", 2357, [4]float64{.242595, 4.413597, .792921, 2.425903}, -9582.4292},
		{"CDNOW sample", sample, "MBG/NBD", 2357, [4]float64{.524843, 6.183078, .891360, 1.614004}, -9582.1357},
		{"CDNOW sample", sample, "Pareto/NBD", 2357, [4]float64{.553278, 10.577692, .606236, 11.668614}, -9594.9762},
		{"CDNOW sample, rounded", rounded, "BG/NBD", 2357, [4]float64{.242593, 4.413524, .792885, 2.425749}, -9582.4256},
		{"CDNOW", full, "BG/NBD", 23570, [4]float64{.251624, 4.788941, .723438, 2.161108}, -95368.4439},
		{"CDNOW", full, "MBG/NBD", 23570, [4]float64{.637143, 7.310319, .807474, 1.228389}, -95336.9583},
		{"CDNOW", full, "Pareto/NBD", 23570, [4]float64{.597421, 11.585675, .522186, 8.827756}, -95415.1186},
		{"a synthetic log, in days", days, "BG/NBD", 5000, [4]float64{.163851, 1.864284, 1.850345, 3.181061}, -39248.6261},
	} {
		got := fitted(t, c.model, Groups(c.customers))
		what := c.model + " of " + c.name
		equal(t, what+": customers", got.customers, c.n)
		near(t, what+": log-likelihood", got.ll, c.ll, 6e-5)
		for i, e := range got.estimates {
			near(t, what+": "+e.Name, e.Value, c.want[i], 5e-4*e.StandardError)
		}
		if !got.converged || len(got.warnings) > 0 {
			t.Errorf("%s: converged %v with warnings %v, want no warning", what, got.converged, got.warnings)
		}
	}
}

// The output of CLVTools.
func TestStandardErrorsOfParetoNBD(t *testing.T) {
	sample, _ := orders(t, dataset.CDNOWSample, "cdnow/CDNOW_sample.txt").until(calibrated, week)
	got, err := ParetoNBD(t.Context(), Groups(sample), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{.0476264, .8427222, .1872594, 6.2105448} {
		e := got.Estimates[i]
		near(t, "standard error of "+e.Name, e.StandardError, want, 1e-3*want)
	}
}

func TestGammaGammaOfCDNOW(t *testing.T) {
	_, exact := orders(t, dataset.CDNOWSample, "cdnow/CDNOW_sample.txt").until(calibrated, week)
	var rounded []stat.Spend
	for _, row := range table(t, "cdnow/cdnow_customers_summary_with_transactions.csv") {
		if x := int(number(t, row[1])); x > 0 {
			rounded = append(rounded, stat.Spend{X: x, Mean: number(t, row[4])})
		}
	}
	for _, c := range []struct {
		name   string
		spends []stat.Spend
		want   [3]float64
		tol    float64
		ll     float64
	}{
		{"published", exact, [3]float64{6.25, 3.74, 15.44}, .006, -4055.9177},
		{"of the rounded summary", rounded, [3]float64{6.2488, 3.7446, 15.4478}, 6e-5, -4055.9232},
	} {
		got, err := GammaGamma(t.Context(), Groups(c.spends), Options{})
		if err != nil {
			t.Fatal(err)
		}
		near(t, c.name+": log-likelihood", got.LogLikelihood, c.ll, 6e-5)
		for i, e := range got.Estimates {
			near(t, c.name+": "+e.Name, e.Value, c.want[i], c.tol)
		}
		if !got.Converged || len(got.Warnings) > 0 {
			t.Errorf("%s: converged %v with warnings %v, want no warning", c.name, got.Converged, got.Warnings)
		}
	}
}

func TestBGBBOfDonations(t *testing.T) {
	var groups []Group[stat.Occasions]
	for _, row := range table(t, "cdnow/donations.csv") {
		o := stat.Occasions{X: int(number(t, row[0])), TX: int(number(t, row[1])), N: int(number(t, row[2]))}
		groups = append(groups, Group[stat.Occasions]{o, int(number(t, row[3]))})
	}
	got, err := BGBB(t.Context(), groups, Options{})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "log-likelihood", got.LogLikelihood, -33225.5813, 6e-5)
	for i, want := range []float64{1.204, .750, .657, 2.783} {
		near(t, got.Estimates[i].Name, got.Estimates[i].Value, want, .0051)
	}
	n := float64(got.Customers)
	near(t, "donors of none in six", n*got.Model.PMF(0, 6), 3454.9, .1)
	near(t, "donors of six in six", n*got.Model.PMF(6, 6), 1253.1, .1)
	var expected float64
	for _, g := range groups {
		expected += float64(g.Customers) * got.Model.Expected(g.History, 5)
	}
	near(t, "donations of the next five years", expected, 12884.16, .1)
}

// No customer of Online Retail is seen to leave before the end of August 2011.
func TestOnlineRetailIsPlainNBD(t *testing.T) {
	customers, _ := orders(t, dataset.OnlineRetail, "online_retail/online_retail.csv.gz").until(date(2011, 8, 31), week)
	for _, model := range []string{"BG/NBD", "MBG/NBD", "Pareto/NBD"} {
		got := fitted(t, model, Groups(customers))
		equal(t, model+": customers", got.customers, 3317)
		near(t, model+": r", got.estimates[0].Value, .7227, 6e-5)
		near(t, model+": alpha", got.estimates[1].Value, 9.425, 2e-3)
		if len(got.warnings) != 1 {
			t.Fatalf("%s: got warnings %v, want NobodyLeaves alone", model, got.warnings)
		}
		plain, ok := got.warnings[0].(NobodyLeaves)
		if !ok {
			t.Fatalf("%s: got warning %#v, want NobodyLeaves", model, got.warnings[0])
		}
		near(t, model+": r of the plain NBD", plain.NBD.Model.R, .7227, 6e-5)
		near(t, model+": alpha of the plain NBD", plain.NBD.Model.Alpha, 9.425, 2e-3)
		near(t, model+": log-likelihood of the plain NBD", plain.NBD.LogLikelihood, got.ll, 0)
		near(t, model+": chance of leaving", got.estimates[2].Value/got.estimates[3].Value, 0, 1e-17)
	}
}
