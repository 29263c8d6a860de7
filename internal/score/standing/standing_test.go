package standing_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"tidemark/internal/event"
	"tidemark/internal/history"
	"tidemark/internal/score/standing"
)

// absent is the want of a number that does not apply.
var absent = math.NaN()

func check(t *testing.T, what string, got float64, known bool, want float64) {
	t.Helper()
	if known == math.IsNaN(want) || known && !(math.Abs(got-want) <= 1e-9) {
		t.Errorf("%s = %v, %t; want %v", what, got, known, want)
	}
}

// The worked figures are computed by hand from the formulas of METHODS 7.
func TestLoyalty(t *testing.T) {
	p := standing.Default()
	for _, row := range []struct {
		name      string
		f         history.Facts
		m         history.More
		referrals int
		want      float64
	}{
		{"nothing bought", history.Facts{}, history.More{}, 3, absent},
		// .3·0 + .25·1/12 + .15·0, of the weights .7
		{"one order, nobody asked, no category named", history.Facts{Orders: 1, ActiveMonths: 1}, history.More{BoughtKnown: true}, 0, 100 * .25 / 12 / .7},
		// .3·.75 + .25·.5 + .2·(.8 + .9)/2 + .15·.4 + .1·.4
		{
			"all is known",
			history.Facts{Orders: 4, ActiveMonths: 6, Experience: history.Experience{CSATMean: .8, CSATCount: 2, NPSScore: 9, NPSKnown: true}},
			history.More{BoughtKnown: true, Bought: 2},
			2, 62,
		},
		{
			"one of the two answers is enough",
			history.Facts{Orders: 4, ActiveMonths: 6, Experience: history.Experience{NPSScore: 9, NPSKnown: true}},
			history.More{BoughtKnown: true, Bought: 2},
			2, 63,
		},
		{"categories of a sealed life are not known", history.Facts{Orders: 2, ActiveMonths: 12}, history.More{Bought: 2}, 5, 100 * .55 / .7},
		{"no more than full", history.Facts{Orders: 2, ActiveMonths: 12}, history.More{}, 50, 100 * .55 / .7},
	} {
		got, known := p.Loyalty.Index(&row.f, &row.m, row.referrals)
		check(t, row.name, got, known, row.want)
	}
}

func TestInteraction(t *testing.T) {
	p := standing.Default()
	// Two page views (1) and a cart (5) on 2 days, on 2 channels; a purchase follows one day.
	m := history.More{Engagements: 9, Touched: history.Touched{Count: 3, Weight: 7, DoubledWeight: 12, Decayed: 2.5, Channels: 2, Days: 2, Followed: 1}}
	value, known := p.Interaction.Value(&m)
	check(t, "value", value, known, 100*(.4*2.5/7.5+.2*7/30+.2*.5+.2*2/6))
	depth, known := standing.Depth(&m)
	check(t, "depth", depth, known, 7./30)
	check(t, "effect", standing.Effect(&m), true, 2./6)
	prospect, known := p.Interaction.Prospect(&history.Facts{}, &m)
	check(t, "prospect", prospect, known, 100*(.4*2.5/7.5+.2*12/30+.2*.5+.2*2/6))
	_, known = p.Interaction.Prospect(&history.Facts{PurchaseDays: 1}, &m)
	check(t, "a buyer is no prospect", 0, known, absent)

	quiet := history.More{Engagements: 1}
	_, known = standing.Depth(&quiet)
	check(t, "depth of nothing", 0, known, absent)
	value, known = p.Interaction.Value(&quiet)
	check(t, "who was here, and is no longer", value, known, 5)
	_, known = p.Interaction.Value(&history.More{})
	check(t, "who was never here", 0, known, absent)

	check(t, "participation of nobody asked", standing.Participation(&history.More{}), true, .25)
	check(t, "participation", standing.Participation(&history.More{Sent: 6, Redeemed: 2}), true, .3)
	check(t, "more offers redeemed than sent", standing.Participation(&history.More{Redeemed: 9}), true, 1)
}

func TestTrialRate(t *testing.T) {
	m := history.More{BoughtKnown: true, Bought: 4, Tried: 2}
	got, known := standing.TrialRate(&m)
	check(t, "two of four", got, known, .5)
	m.BoughtKnown = false
	_, known = standing.TrialRate(&m)
	check(t, "of a life that a former format has sealed", 0, known, absent)
	_, known = standing.TrialRate(&history.More{BoughtKnown: true})
	check(t, "no category", 0, known, absent)
}

func TestRisk(t *testing.T) {
	p := standing.Default().Risk
	for _, row := range []struct {
		name  string
		f     history.Facts
		m     history.More
		want  float64
		grade string
	}{
		// 1 − (1 − .3/100)(1 − .5/100)²(1 − 1/100)
		{"nothing known", history.Facts{}, history.More{}, 1 - .997*.995*.995*.99, "A"},
		// refunds 2.2/24, failed 1.2/24, overdue and chargebacks .2/24
		{
			"two refunds and a failed payment of four orders",
			history.Facts{Refunds365: 2, FailedPayments: 1},
			history.More{Placed: 4},
			1 - (1-.3*2.2/24)*(1-.5*1.2/24)*(1-.5*.2/24)*(1-.2/24), "B",
		},
		{"ten chargebacks", history.Facts{Chargebacks: 10}, history.More{}, 1 - .997*.995*.995*(1-10.2/20), "E"},
		{"certain", history.Facts{Chargebacks: 500}, history.More{Placed: 1}, 1, "E"},
	} {
		risk := p.Risk(p.Rates(&row.f, &row.m))
		check(t, row.name, risk, true, row.want)
		if got := p.Grade(risk); got != row.grade {
			t.Errorf("%s: grade %s of %v, want %s", row.name, got, risk, row.grade)
		}
	}
	for risk, want := range map[float64]string{0: "A", .049999: "A", .05: "B", .1: "C", .2: "D", .4: "E", 1: "E", .39999999999: "E"} {
		if got := p.Grade(risk); got != want {
			t.Errorf("grade of %v is %s, want %s", risk, got, want)
		}
	}
	check(t, "risk-adjusted", standing.RiskAdjusted(200, .1), true, 180)
}

func TestStage(t *testing.T) {
	p := standing.Default().Stage
	for _, row := range []struct {
		name string
		l    standing.Life
		want standing.Stage
	}{
		{"nothing stands", standing.Life{Lapsed: true}, standing.Prospect},
		{"lapsed before all else", standing.Life{Bought: true, Lapsed: true, Returned: standing.Of(3), Age: 3}, standing.Lapsed},
		{"back for 90 days", standing.Life{Bought: true, Returned: standing.Of(90), Age: 900, AtRisk: true}, standing.WonBack},
		{"back for longer", standing.Life{Bought: true, Returned: standing.Of(91), Age: 900, Half: 5, Before: 5}, standing.Mature},
		{"new for 90 days", standing.Life{Bought: true, Age: 90, Half: 9}, standing.New},
		{"at risk", standing.Life{Bought: true, Age: 91, AtRisk: true, Half: 9}, standing.Declining},
		{"less than half", standing.Life{Bought: true, Age: 400, Half: 49, Before: 100}, standing.Declining},
		{"half is not less than half", standing.Life{Bought: true, Age: 400, Half: 50, Before: 100}, standing.Mature},
		{"a quarter more is not more than that", standing.Life{Bought: true, Age: 400, Half: 125, Before: 100}, standing.Mature},
		{"growing", standing.Life{Bought: true, Age: 400, Half: 126, Before: 100}, standing.Growing},
		{"growing from nothing", standing.Life{Bought: true, Age: 100, Half: 1}, standing.Growing},
		{"nothing of late, and nothing before", standing.Life{Bought: true, Age: 600}, standing.Mature},
	} {
		if got := p.Stage(row.l); got != row.want {
			t.Errorf("%s: %s, want %s", row.name, got, row.want)
		}
	}
}

func TestQuadrant(t *testing.T) {
	p := standing.Default()
	for _, row := range []struct {
		tenure, contribution float64
		high                 standing.Optional
		want                 standing.Quadrant
	}{
		{365, 80, standing.Of(80), standing.Gold},
		{364, 80, standing.Of(80), standing.Meteor},
		{365, 79, standing.Of(80), standing.Stream},
		{364, -5, standing.Of(80), standing.Burden},
		{364, -5, standing.Optional{}, ""},
	} {
		if got, known := p.Quadrant(row.tenure, row.contribution, row.high); got != row.want || known != (row.want != "") {
			t.Errorf("%v days, %v of %v: %q, %t; want %q", row.tenure, row.contribution, row.high, got, known, row.want)
		}
	}
	p.HighContribution = standing.Of(10)
	if got, _ := p.Quadrant(400, 11, standing.Optional{}); got != standing.Gold {
		t.Errorf("by the model's number: %s, want GOLD", got)
	}
	if got, _ := p.Quadrant(400, 11, standing.Of(80)); got != standing.Stream {
		t.Errorf("the population goes before the model: %s, want STREAM", got)
	}
}

func TestClass(t *testing.T) {
	p := standing.Default().Class
	for _, row := range []struct {
		score    float64
		expert   string
		want     standing.Class
		disputed bool
	}{
		{70, "", standing.High, false},
		{69.99, "", standing.Medium, false},
		{40, "", standing.Medium, false},
		{39.99, "nobody", standing.Low, false},
		{100, "LOW", standing.High, true}, // .7·100 is just HIGH
		{90, "low", standing.Medium, true},
		{80, " medium ", standing.High, false}, // 56 + 15
		{60, "MEDIUM", standing.Medium, false},
		{20, "HIGH", standing.Medium, true}, // 14 + 30
		{10, "HIGH", standing.Low, true},
		{50, "LOW", standing.Low, false},
	} {
		if got, disputed := p.Class(row.score, row.expert); got != row.want || disputed != row.disputed {
			t.Errorf("score %v, expert %q: %s, disputed %t; want %s, %t", row.score, row.expert, got, disputed, row.want, row.disputed)
		}
	}
}

func TestMoney(t *testing.T) {
	check(t, "margin given for 40 of 100", standing.Margin(10, 100, 40, .5), true, 40)
	c := standing.Costs{Margin: 40, Service: 5, Outreach: 1, Acquisition: 50}
	check(t, "contribution", c.Contribution(), true, -16)
	if !standing.Unprofitable(-.01) || standing.Unprofitable(0) {
		t.Error("unprofitable is below zero, and only that")
	}
	_, known := standing.CLVToCAC(100, 200, 0, standing.Optional{})
	check(t, "no cost known", 0, known, absent)
	got, known := standing.CLVToCAC(100, 200, 60, standing.Of(100))
	check(t, "cost of events", got, known, 5)
	got, known = standing.CLVToCAC(100, 200, 0, standing.Of(100))
	check(t, "usual cost", got, known, 3)
	_, known = standing.CLVToCAC(100, 200, 0, standing.Of(0))
	check(t, "a cost of nothing", 0, known, absent)

	got, known = standing.PurchasingPower(30, standing.Of(20))
	check(t, "purchasing power", got, known, 1.5)
	_, known = standing.PurchasingPower(30, standing.Of(0))
	check(t, "a median of nothing", 0, known, absent)
	got, known = standing.ContributionShare(5, standing.Of(1000))
	check(t, "contribution share", got, known, .005)
	got, known = standing.ContributionShare(-5, standing.Of(1000))
	check(t, "who costs has no share", got, known, 0)
	_, known = standing.ContributionShare(5, standing.Optional{})
	check(t, "share of nobody knows what", 0, known, absent)
}

func TestComponents(t *testing.T) {
	p := standing.Default()
	a := standing.Amounts{Major: event.Currency("USD").Major, Margin: .5}
	m := history.More{
		CategoriesKnown: true, Categories: []history.CategoryUse{
			{Name: "a", Sums: history.Sums{Net: 10_000}},
			{Name: "b", Sums: history.Sums{Net: 2_000}},
			{Name: "c", Sums: history.Sums{Net: 3_000, Margin: 900, MarginSpend: 3_000}},
		},
		FirstYearKnown: true, FirstYear: history.Service{Cost: 1_000, Orders: 4}, Year: history.Sums{Service: 1_000, ServiceOrders: 5, Amount: 9_000, Discount: 1_000, DiscountOrders: 2},
	}
	got, known := a.CrossSell(&m)
	check(t, "cross-sell", got, known, 10+9)
	got, known = a.SavedService(&m) // 2.50 an order before, 2.00 now, of 5 orders
	check(t, "saved service", got, known, 2.5)
	got, known = standing.DiscountShare(&m.Year)
	check(t, "discount share", got, known, .1)
	_, known = p.LoyaltySaving(&m.Year, 90)
	check(t, "peers are not known", 0, known, absent)
	p.DiscountShare = standing.Of(.15)
	got, known = p.LoyaltySaving(&m.Year, 90)
	check(t, "loyalty", got, known, 4.5)
	m.FirstYear.Cost = 10
	got, known = a.SavedService(&m)
	check(t, "dearer than ever: nothing saved", got, known, 0)
	m.FirstYearKnown = false
	_, known = a.SavedService(&m)
	check(t, "the first year is not known", 0, known, absent)
	got, known = standing.Referral(3, standing.Of(40))
	check(t, "referral", got, known, 120)
}

func TestChannels(t *testing.T) {
	p := standing.Default()
	m := history.More{Channels: []history.ChannelUse{{Name: "web", Orders: 8, Seen: 4, Assisted: 1}, {Name: "shop", Orders: 2}}}
	got, known := standing.AssistedShare(&m)
	check(t, "assisted", got, known, .25)
	if omni, known := p.Omnichannel(&m); !omni || !known {
		t.Errorf("8 and 2 of 10 orders: %t, %t; want omnichannel", omni, known)
	}
	m.Channels[0].Orders = 9
	if omni, _ := p.Omnichannel(&m); omni {
		t.Error("9 and 2 of 11 orders are omnichannel, want not")
	}
	_, known = p.Omnichannel(&history.More{})
	check(t, "no channel", 0, known, absent)
	got, known = standing.Regularity(&history.More{Gaps: 2, GapCV: 1})
	check(t, "by chance", got, known, .5)
	_, known = standing.Regularity(&history.More{Gaps: 1})
	check(t, "one gap", 0, known, absent)
	check(t, "complaints without an order", standing.ComplaintRate(&history.Facts{Experience: history.Experience{Complaints: 2}}), true, 2)
}

// Each share and index stays in its range, whatever the facts, and more trouble never lowers the risk.
func TestRanges(t *testing.T) {
	p := standing.Default()
	rapid.Check(t, func(t *rapid.T) {
		n := func(name string, most int) int { return rapid.IntRange(0, most).Draw(t, name) }
		count := n("touches", 1000)
		days := n("days", min(count, 90))
		m := history.More{
			Engagements: count + n("before", 3), Sent: n("sent", 50), Redeemed: n("redeemed", 50), Placed: n("placed", 400), Bought: n("bought", 9), BoughtKnown: rapid.Bool().Draw(t, "known"),
			Touched: history.Touched{
				Count: count, Weight: int64(count) * int64(n("weight", 200)), Decayed: float64(count) * rapid.Float64Range(0, 1).Draw(t, "decay"),
				Channels: n("channels", 17), Days: days, Followed: n("followed", days),
			},
		}
		m.Touched.DoubledWeight = 2 * m.Touched.Weight
		f := history.Facts{
			Orders: n("orders", 1000), ActiveMonths: n("months", 12), Refunds365: n("refunds", 1000), FailedPayments: n("failed", 1000), Overdue: n("overdue", 1000), Chargebacks: n("chargebacks", 1000),
			Experience: history.Experience{NPSKnown: rapid.Bool().Draw(t, "asked"), NPSScore: float64(n("nps", 10)), CSATCount: n("answers", 3), CSATMean: rapid.Float64Range(0, 1).Draw(t, "csat")},
		}
		within := func(name string, x float64, known bool, low, high float64) {
			if known && !(x >= low && x <= high) {
				t.Fatalf("%s is %v, want %v..%v, of %+v, %+v", name, x, low, high, f, m)
			}
		}
		x, known := p.Loyalty.Index(&f, &m, n("referrals", 100))
		within("loyalty", x, known, 0, 100+1e-9)
		x, known = p.Interaction.Value(&m)
		within("interaction", x, known, 0, 100+1e-9)
		x, known = p.Interaction.Prospect(&f, &m)
		within("prospect", x, known, 0, 100+1e-9)
		within("participation", standing.Participation(&m), true, 0, 1)
		risk := p.Risk.Risk(p.Risk.Rates(&f, &m))
		within("risk", risk, true, 0, 1)
		f.Overdue++
		if worse := p.Risk.Risk(p.Risk.Rates(&f, &m)); worse < risk-1e-15 {
			t.Fatalf("one more overdue: risk %v after %v", worse, risk)
		}
	})
}

func TestCheck(t *testing.T) {
	p := standing.Default()
	if err := p.Check(); err != nil {
		t.Errorf("the defaults: %v", err)
	}
	for name, spoil := range map[string]func(*standing.Params){
		"weights that add up to more": func(p *standing.Params) { p.Loyalty.Repeat = .5 },
		"a negative weight":           func(p *standing.Params) { p.Risk.Overdue = -1 },
		"grades that fall":            func(p *standing.Params) { p.Risk.Grades = [4]float64{.1, .05, .2, .4} },
		"a prior above its orders":    func(p *standing.Params) { p.Risk.Prior = 21 },
		"not a number":                func(p *standing.Params) { p.Interaction.HalfFrequency = math.NaN() },
		"declining above growing":     func(p *standing.Params) { p.Stage.Declining = 2 },
		"medium above high":           func(p *standing.Params) { p.Class.Medium = 80 },
		"all is discount":             func(p *standing.Params) { p.DiscountShare = standing.Of(1) },
		"no tenure":                   func(p *standing.Params) { p.LongDays = 0 },
	} {
		p := standing.Default()
		spoil(&p)
		if p.Check() == nil {
			t.Errorf("%s is accepted, want refused", name)
		}
	}
}
