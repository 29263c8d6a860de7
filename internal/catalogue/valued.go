package catalogue

import "tidemark/internal/score/clv"

// Methods are what the methods of lifetime value need beside the facts. Money is in major units.
type Methods struct {
	// Margin is the customer's share of spend that is margin, in [0, 1].
	Margin float64
	// LifetimeYears is the lifetime of the simple formula; 0 is not known.
	LifetimeYears float64
	// Rates are the rates that a log has; Retention and Migration are the models over these.
	Rates     clv.Repurchase
	Retention clv.Retention
	Migration clv.Migration
	// Discount is the yearly discount rate.
	Discount float64
	// Switching is nil where the model has no matrix; Brand is the place of the brand bought last.
	Switching *clv.Switching
	Brand     int
	// Potential is known where the model knows the peers.
	Potential      clv.Potential
	PotentialKnown bool
}

// valued are the methods of customer lifetime value that need parameters: of the model file, or from a log.
var valued = []Entry{
	{
		Name: "clv_total", Title: Text{"Total value", "总价值"}, Formula: Text{"clv_historic + clv_current + clv_potential.", "clv_historic + clv_current + clv_potential。"},
		Kind: Money, Low: -inf, High: inf, Group: Worth, Better: More, Silence: Moves, Source: "METHODS 2", Seen: Usual, Reads: ReadsWorth | ReadsLabels,
		Number: func(v *View) (float64, bool) {
			return v.Major(v.Worth.Total + v.Worth.Potential.Minor), v.Bought && v.Worth.Potential.Known
		},
	},
	potential(
		"clv_potential_spend", Text{"Potential: dearer purchases", "潜力:提升单次消费"},
		Text{
			"uptake × margin × expected_orders × max(0, third quartile of the peers' spend a purchase day − own): peers first bought in the same year, on as many days.",
			"采纳率 × 毛利率 × expected_orders × max(0, 同群体购买日消费的第三四分位数 − 本人);同群体指首购同年且购买天数同档。",
		}, Moves, func(p *clv.Potential) float64 { return p.Dearer },
	),
	potential(
		"clv_potential_categories", Text{"Potential: categories not bought", "潜力:未购品类"},
		Text{
			"uptake × margin × Σ over the categories not bought of the peers' rate × the peers' spend a year: peers bought on as many days.",
			"采纳率 × 毛利率 × Σ(未购品类的同群体年购买率 × 同群体年消费);同群体指购买天数同档。",
		}, Still, func(p *clv.Potential) float64 { return p.Wider },
	),
	potential(
		"clv_potential_referral", Text{"Potential: referrals", "潜力:推荐"},
		Text{
			"Expected new referrals within the horizon, as many a day as so far, × the value of a new customer. Left out of sums over customers.",
			"预测期内预期新增推荐数(按以往日均) × 新客户价值;不计入客户汇总。",
		}, Falls, func(p *clv.Potential) float64 { return p.Referral },
	),
	{
		Name: "clv_simple", Title: Text{"Value by the simple formula", "简单公式价值"},
		Formula: Text{"Average order value × orders of 365 days × the lifetime in years of the model: 100 × 4 × 3 = 1200.", "平均订单额 × 近365天订单数 × 模型给定的生命周期年数:100 × 4 × 3 = 1200。"},
		Kind:    Money, Low: -inf, High: inf, Group: Worth, Better: More, Silence: Steps, Source: "METHODS 2", Seen: Usual, Reads: ReadsWorth | ReadsMore,
		Number: func(v *View) (float64, bool) {
			if f := &v.Facts; v.Bought && f.Orders365 > 0 && v.Methods.LifetimeYears > 0 {
				orders := float64(f.Orders365)
				return clv.Simple(v.Major(f.Spend365)/orders, orders, v.Methods.LifetimeYears), true
			}
			return 0, false
		},
	},
	{
		Name: "clv_retention", Title: Text{"Value by the retention model", "保留模型价值"},
		Formula: Text{
			"Σ c·r^i/(1+d)^i − Σ M·r^(i−1)/(1+d)^(i−1/2) over the years ahead: c contribution_365d, r the yearly retention of as many purchase days, M the cost of retention.",
			"Σ c·r^i/(1+d)^i − Σ M·r^(i−1)/(1+d)^(i−1/2):c 为 contribution_365d,r 为同购买天数档的年保留率,M 为保留成本。",
		},
		Kind: Money, Low: -inf, High: inf, Group: Worth, Better: More, Silence: Moves, Source: "Berger & Nasr 1998, case 1", Seen: Usual, Reads: ReadsWorth | ReadsMore,
		Number: func(v *View) (float64, bool) {
			if !v.Bought || v.Facts.Days365 == 0 { // who has bought nothing for a year is lost for good
				return 0, false
			}
			rate, fitted := v.Methods.Rates.Retention.At(clv.Band(v.Facts.PurchaseDays))
			contribution, known := v.contribution365()
			if !fitted || !known {
				return 0, false
			}
			return v.Methods.Retention.Value(contribution, rate), true
		},
	},
	{
		Name: "clv_migration", Title: Text{"Value by the migration model", "迁移模型价值"},
		Formula: Text{
			"V_k = p_k·(v + V_0/(1+d)) + (1−p_k)·V_(k+1)/(1+d): k the whole years of silence, p_k the yearly rate of purchase after them, v the margin of a year with a purchase. With a contact cost the value of Pfeifer and Carraway's chain.",
			"V_k = p_k·(v + V_0/(1+d)) + (1−p_k)·V_(k+1)/(1+d):k 为沉默整年数,p_k 为其年购买率,v 为有购买年份的毛利。有接触成本时为 Pfeifer–Carraway 马尔可夫链的价值。",
		},
		Kind: Money, Low: -inf, High: inf, Group: Worth, Better: More, Silence: Moves, Source: "Dwyer 1989; Pfeifer & Carraway 2000", Seen: Usual, Reads: ReadsWorth | ReadsMore,
		Number: func(v *View) (float64, bool) {
			if !v.Bought {
				return 0, false
			}
			return v.Methods.Migration.Value(v.buyingYear(), clv.Cell(v.Pattern.Age-v.Pattern.Last))
		},
	},
	{
		Name: "clv_switching", Title: Text{"Value by the switching matrix", "品牌转换矩阵价值"},
		Formula: Text{
			"Σ (1+d)^(−t/f) × volume × margin × (A·P^t)_own over the purchases in the market: A the brand bought last, P the matrix of the model.",
			"Σ (1+d)^(−t/f) × 购买额 × 毛利率 × (A·P^t)_自有品牌:A 为最近购买的品牌,P 为模型中的转换矩阵。",
		},
		Kind: Money, High: inf, Group: Worth, Better: More, Silence: Still, Source: "Rust, Lemon & Zeithaml 2004", Seen: Usual, Reads: ReadsWorth | ReadsProfile | ReadsMore,
		Number: func(v *View) (float64, bool) {
			if !v.Bought || v.Methods.Switching == nil {
				return 0, false
			}
			return v.Methods.Switching.Value(v.Methods.Brand, v.Methods.Discount), true
		},
	},
}

// potential is a part of the potential value.
func potential(name string, title, formula Text, silence Silence, part func(*clv.Potential) float64) Entry {
	return Entry{
		Name: name, Title: title, Formula: formula, Kind: Money, High: inf, Group: Worth, Better: More, Silence: silence, Source: "METHODS 2", Seen: Usual,
		Reads:  ReadsWorth | ReadsLabels,
		Number: func(v *View) (float64, bool) { return part(&v.Methods.Potential), v.Bought && v.Methods.PotentialKnown },
	}
}

// buyingYear is the margin of a year with a purchase, in major units: that of the life, spread over the years that had begun at the last purchase.
func (v *View) buyingYear() float64 {
	begun := int(v.Facts.LastDay-v.Facts.FirstDay)/365 + 1
	return v.Major(v.Facts.Spend) * v.Methods.Margin / float64(begun)
}
