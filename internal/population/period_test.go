package population_test

import (
	"testing"

	"tidemark/internal/population"
)

func TestPeriodByHand(t *testing.T) {
	before := &population.Snapshot{Buyers: 1100, Groups: map[string][]population.Group{
		"stage": {{Name: "LAPSED", Sum: population.Sum{Customers: 100, Buyers: 100}}},
	}}
	days := []*population.Snapshot{
		{Date: "2025-01-01", Flows: map[string]int64{"lapsed": 60, "cause:won_back:EVENT": 5, "tier:LOW>HIGH": 2}},
		{Date: "2025-01-03", Flows: map[string]int64{"lapsed": 40, "tier:LOW>HIGH": 1, "tier:->NONE": 4, "level:NONE>WATCH": 9}},
	}
	p := population.PeriodOf(before, days, 3)
	if p.Days != 2 || p.Missing != 1 || p.Tiers["LOW"]["HIGH"] != 3 || p.Tiers["-"]["NONE"] != 4 || len(p.Tiers) != 2 {
		t.Errorf("period %+v", p)
	}
	near(t, "churn of 100 of 1000", p.Churned.Value, .1, 0)
	near(t, "retention", p.Retained.Value, .9, 0)
	near(t, "won back, 5 of 100", p.Returned.Value, .05, 0)
	if q := population.PeriodOf(nil, days, 3); q.Churned.Known || q.Flows["lapsed"] != 100 {
		t.Errorf("without the day before: %+v", q)
	}
}

func TestMatrix(t *testing.T) {
	m := population.Matrix([]*population.Snapshot{
		{Date: "2025-01-31", Cohorts: map[string]population.Cohort{"2025-01": {Customers: 3, Active: 3, Spend: 30}}},
		{Date: "2025-02-28", Cohorts: map[string]population.Cohort{"2025-01": {Customers: 3, Active: 1, Spend: 5}, "2025-02": {Customers: 2, Active: 2, Spend: 9}}},
	})
	if len(m.Cells) != 2 || m.Cells[0][1].Active != 1 || m.Cells[1][0] != (population.Cohort{}) || m.Months[1] != "2025-02" {
		t.Errorf("matrix %+v", m)
	}
}
