// Package model reads the versioned file that holds every number that scores depend on.
package model

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // for the default model
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"sort"
	"time"

	"gopkg.in/yaml.v3"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/score/churn"
	"tidemark/internal/score/clv"
	"tidemark/internal/score/rfm"
	"tidemark/internal/score/tier"
	"tidemark/internal/score/value"
)

//go:embed model.yaml
var embedded []byte

// Default returns the bytes of the model that comes with Tidemark, the model of CDNOW.
func Default() []byte { return bytes.Clone(embedded) }

// Parse reads a model file. The error names everything that is wrong with the file: unknown fields, missing parts, numbers
// out of range.
func Parse(raw []byte) (score.Model, error) {
	f := file{Standing: usualPosition()}
	if err := finite(raw); err != nil {
		return score.Model{}, fmt.Errorf("read model: %w", err)
	}
	decoder := yaml.NewDecoder(bytes.NewReader(raw))
	decoder.KnownFields(true)
	if err := decoder.Decode(&f); err != nil {
		return score.Model{}, fmt.Errorf("read model: %w", err)
	}
	if err := decoder.Decode(new(any)); !errors.Is(err, io.EOF) {
		return score.Model{}, errors.New("read model: more than one document")
	}
	m, err := f.model()
	if err := errors.Join(err, m.Check()); err != nil {
		return score.Model{}, fmt.Errorf("model %q: %w", f.Version, err)
	}
	m.Hash = digest(raw)
	scorecard, err := json.Marshal([]any{f.Scorecard, f.Tiers})
	if err != nil {
		return score.Model{}, fmt.Errorf("model %q: scorecard: %w", f.Version, err)
	}
	m.ScorecardHash = digest(scorecard)
	return m, nil
}

// finite refuses YAML's .nan and .inf: no number of a model may be infinite or not a number.
func finite(raw []byte) error {
	var document yaml.Node
	if err := yaml.Unmarshal(raw, &document); err != nil {
		return err
	}
	var errs []error
	var look func(n *yaml.Node)
	look = func(n *yaml.Node) {
		var x float64
		if n.ShortTag() == "!!float" && n.Decode(&x) == nil && (math.IsNaN(x) || math.IsInf(x, 0)) {
			errs = append(errs, fmt.Errorf("line %d: %s is not a finite number", n.Line, n.Value))
		}
		for _, child := range n.Content {
			look(child)
		}
	}
	look(&document)
	return errors.Join(errs...)
}

// digest is the first 8 bytes of SHA-256, in hex.
func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}

// file is the model file as it is written: spans in days, scores in points, money in major units.
type file struct {
	Version    string              `yaml:"version"`
	Base       string              `yaml:"base"`
	Rates      map[string][]rate   `yaml:"rates"`
	Oldest     string              `yaml:"oldest"`
	Digits     map[string]int      `yaml:"digits"`
	Buy        purchase            `yaml:"purchase"`
	Spend      spend               `yaml:"spend"`
	Season     *calendar           `yaml:"season"`
	Regular    *regularities       `yaml:"regular"`
	Value      worth               `yaml:"value"`
	Learnt     *valueStack         `yaml:"value_stack"`
	Churn      risk                `yaml:"churn"`
	Shop       *shop               `yaml:"shop"`
	RFM        cuts                `yaml:"rfm"`
	Scorecard  []line              `yaml:"scorecard"`
	Tiers      ladder              `yaml:"tiers"`
	Playbooks  map[string]playbook `yaml:"playbooks"`
	Alerts     map[string]answer   `yaml:"alerts"`
	Referrals  *referrals          `yaml:"referrals"`
	Uplift     float64             `yaml:"uplift"`
	Causes     *causes             `yaml:"causes"`
	Control    float64             `yaml:"control"`
	Announce   bool                `yaml:"announce_control"`
	Reactions  *reactions          `yaml:"reactions"`
	Segments   []segmentLines      `yaml:"segments"`
	Consent    bool                `yaml:"contact_by_consent"`
	WhatIf     bool                `yaml:"detail_what_if"`
	Since      bool                `yaml:"explain_since_taken"`
	Standing   position            `yaml:"standing"`
	Methods    *methods            `yaml:"methods"`
	Repurchase *repurchase         `yaml:"repurchase"`
	Peers      *peers              `yaml:"peers"`
	Population *population         `yaml:"population"`
	Switching  *switching          `yaml:"switching"`
	Fitted     *fitted             `yaml:"fitted"`
}

type rate struct {
	From string  `yaml:"from"`
	Rate float64 `yaml:"rate"`
}

type worth struct {
	HorizonDays int     `yaml:"horizon_days"`
	Discount    float64 `yaml:"discount"`
	Margin      float64 `yaml:"margin"`
}

type risk struct {
	HorizonDays     int     `yaml:"horizon_days"`
	MinPurchaseDays int     `yaml:"min_purchase_days"`
	MinSilenceDays  int     `yaml:"min_silence_days"`
	MinSpend        float64 `yaml:"min_spend"`
	MinStayDays     int     `yaml:"min_stay_days"`
	LapseDays       int     `yaml:"lapse_days"`
	SecondOrderDays int     `yaml:"second_order_days"`
	Levels          struct {
		Watch    level `yaml:"watch"`
		AtRisk   level `yaml:"at_risk"`
		Critical level `yaml:"critical"`
	} `yaml:"levels"`
	Reference struct {
		PurchaseDays int     `yaml:"purchase_days"`
		SilentDays   float64 `yaml:"silent_days"`
		TenureDays   float64 `yaml:"tenure_days"`
		UsualGapDays float64 `yaml:"usual_gap_days"`
		Spend        float64 `yaml:"spend"`
		LastOrder    float64 `yaml:"last_order"`
		Items        int     `yaml:"items"`
		LastItems    int     `yaml:"last_items"`
	} `yaml:"reference"`
	Stack *stack `yaml:"stack"`
}

// stack is the logistic regression over the purchase model. A file without it leaves the purchase model's risk as it is.
type stack struct {
	Intercept     float64               `yaml:"intercept"`
	MaxTenureDays float64               `yaml:"max_tenure_days"`
	Weights       map[string]float64    `yaml:"weights"`
	Ranges        map[string][2]float64 `yaml:"ranges"` // lower edge, upper edge, in the term's own unit
}

type level struct {
	Up    float64 `yaml:"up"`
	Down  float64 `yaml:"down"`
	Floor float64 `yaml:"floor"`
}

type cuts struct {
	RecencyDays [4]float64 `yaml:"recency_days"`
	Orders      [4]int     `yaml:"orders"`
	Spend       [4]float64 `yaml:"spend"`
}

type line struct {
	Indicator string  `yaml:"indicator"`
	Weight    float64 `yaml:"weight"`
	Method    string  `yaml:"method"`
	Low       float64 `yaml:"low"`
	High      float64 `yaml:"high"`
}

type ladder struct {
	General     float64 `yaml:"general"`
	Potential   float64 `yaml:"potential"`
	High        float64 `yaml:"high"`
	Margin      float64 `yaml:"margin"`
	MinStayDays int     `yaml:"min_stay_days"`
}

type action struct {
	Code     string `yaml:"code"`
	Text     string `yaml:"text"`
	Owner    string `yaml:"owner"`
	DueHours int32  `yaml:"due_hours"`
}

const (
	// maxDays bounds the durations: a century.
	maxDays = 36500
	// maxSpend bounds the least spend that a line may ask of a customer, in major units.
	maxSpend = 1e12
)

func (f *file) model() (score.Model, error) {
	var errs []error
	base := event.Currency(f.Base)
	digits, _ := base.Digits()
	minor := func(major float64) int64 { return int64(math.RoundToEven(major * math.Pow10(digits))) }
	points := func(p float64) tier.Points { return tier.Points(math.RoundToEven(100 * p)) }
	days := func(name string, n int) time.Duration {
		if n < 0 || n > maxDays {
			errs = append(errs, fmt.Errorf("%s: %d days are not in 0..%d", name, n, maxDays))
			return 0
		}
		return time.Duration(n) * 24 * time.Hour
	}

	m := score.Model{
		Version: f.Version, Base: base, Control: f.Control, AnnounceControl: f.Announce, SinceTaken: f.Since, WhatIf: f.WhatIf, ByConsent: f.Consent, PairReferrals: f.Referrals.pairs(), Causes: f.Causes.causes(), Uplift: f.Uplift, Shop: f.Shop.lines(), Standing: f.Standing.params(),
		Value: clv.Model{
			UnitDays: f.Buy.UnitDays, HorizonDays: f.Value.HorizonDays, Discount: f.Value.Discount, Margin: f.Value.Margin,
			Paid: f.Spend.paid(),
		},
		Churn: churn.Lines{
			Horizon: days("churn.horizon_days", f.Churn.HorizonDays), MinPurchaseDays: f.Churn.MinPurchaseDays,
			MinSilence: days("churn.min_silence_days", f.Churn.MinSilenceDays), MinSpend: minor(f.Churn.MinSpend),
			MinStay: days("churn.min_stay_days", f.Churn.MinStayDays), Lapse: days("churn.lapse_days", f.Churn.LapseDays),
			SecondOrder: days("churn.second_order_days", f.Churn.SecondOrderDays),
			Levels:      [3]churn.Line{f.Churn.Levels.Watch.line(), f.Churn.Levels.AtRisk.line(), f.Churn.Levels.Critical.line()},
		},
		Reference: score.Reference{
			Pattern: clv.Pattern{
				Repeats: f.Churn.Reference.PurchaseDays - 1, Age: f.Churn.Reference.TenureDays,
				Last: f.Churn.Reference.TenureDays - f.Churn.Reference.SilentDays,
			},
			UsualGap: f.Churn.Reference.UsualGapDays, Spend: f.Churn.Reference.Spend, LastOrder: f.Churn.Reference.LastOrder,
			Items: f.Churn.Reference.Items, LastItems: f.Churn.Reference.LastItems,
		},
		RFM: rfm.Cuts{Recency: f.RFM.RecencyDays, Frequency: f.RFM.Orders},
		Tiers: tier.Ladder{
			General: points(f.Tiers.General), Potential: points(f.Tiers.Potential), High: points(f.Tiers.High),
			Margin: points(f.Tiers.Margin), MinStay: days("tiers.min_stay_days", f.Tiers.MinStayDays),
		},
		Playbooks: map[score.Tier]score.Playbook{}, Actions: map[score.Level]score.Action{},
	}
	if !(f.Churn.MinSpend >= 0 && f.Churn.MinSpend <= maxSpend) {
		errs = append(errs, fmt.Errorf("churn.min_spend: %v is not in 0..%v", f.Churn.MinSpend, maxSpend))
	}
	for i, s := range f.RFM.Spend {
		m.RFM.Monetary[i] = minor(s)
	}
	if p := m.Reference.Pattern; p.Repeats < 1 || p.Last <= 0 || p.Last > p.Age {
		errs = append(errs, errors.New("churn.reference: needs at least 2 purchase days and 0 <= silent_days < tenure_days"))
	}
	for _, l := range f.Scorecard {
		m.Scorecard.Lines = append(m.Scorecard.Lines, value.Line{
			Indicator: value.Indicator(l.Indicator), Weight: l.Weight,
			Scale: value.Scale{Method: value.Method(l.Method), Low: l.Low, High: l.High},
		})
	}
	stack, stackErr := f.Churn.Stack.stack()
	m.Stack = stack
	model, err := f.Buy.model()
	m.Value.Purchase = model
	var regularErr error
	if err == nil {
		m.Value.Regular, regularErr = f.Regular.mixture(model)
	}
	spending, spendErr := f.Spend.model()
	m.Value.Spend = spending
	learnt, learntErr := f.Learnt.learnt()
	m.Learnt = learnt
	clock, seasonErr := f.Season.clock()
	m.Season = clock
	rates, rateErr := f.rates()
	m.Rates, m.Digits = rates, map[event.Currency]int{}
	for code, n := range f.Digits {
		m.Digits[event.Currency(code)] = n
	}
	oldest, oldestErr := oldestDay(f.Oldest)
	m.Oldest = oldest
	reactions, reactionsErr := f.Reactions.lines(base)
	m.Reactions = reactions
	segments, segmentsErr := f.segments()
	m.Segments = segments
	return m, errors.Join(append(errs, err, segmentsErr, f.valuing(&m), spendErr, stackErr, learntErr, seasonErr, regularErr, rateErr, oldestErr, reactionsErr, f.playbooks(&m), f.advice(&m), f.Fitted.check())...)
}

// valuing fills in the methods of customer lifetime value, and what they need.
func (f *file) valuing(m *score.Model) error {
	methods, methodsErr := f.Methods.methods()
	rates, ratesErr := f.Repurchase.rates()
	peers, peersErr := f.Peers.peers()
	m.Methods, m.Repurchase, m.Peers, m.Population, m.Switching = methods, rates, peers, f.Population.population(), f.Switching.switching()
	return errors.Join(methodsErr, ratesErr, peersErr)
}

func (s *stack) stack() (churn.Stack, error) {
	if s == nil {
		return churn.Plain(), nil
	}
	of := churn.Stack{Intercept: s.Intercept, MaxTenure: s.MaxTenureDays}
	weights := named("churn.stack.weights", s.Weights, churn.Terms(), func(t churn.Term, w float64) { of.Weights[t] = w })
	ranges := named("churn.stack.ranges", s.Ranges, churn.Terms(), func(t churn.Term, r [2]float64) { of.Ranges[t] = churn.Range{Low: r[0], High: r[1]} })
	return of, errors.Join(weights, ranges)
}

func (l level) line() churn.Line {
	thousandths := func(x float64) int32 { return int32(math.RoundToEven(1000 * x)) }
	return churn.Line{Up: thousandths(l.Up), Down: thousandths(l.Down), Floor: l.Floor}
}

func (f *file) rates() (score.Rates, error) {
	rates := score.Rates{}
	for _, code := range sorted(f.Rates) {
		for _, r := range f.Rates[code] {
			from, err := time.Parse(time.DateOnly, r.From)
			if err != nil {
				return nil, fmt.Errorf("rates.%s: from %q is no date YYYY-MM-DD", code, r.From)
			}
			day := event.Calendar{}.Day(event.InstantOf(from))
			rates[event.Currency(code)] = append(rates[event.Currency(code)], score.Rate{From: day, Value: r.Rate})
		}
	}
	return rates, nil
}

// secondOrder names the action for the window of a one-time buyer.
const secondOrder = "SECOND_ORDER"

// advice fills in the alert actions: one for every level, and one for the window for a second order where the model has one.
func (f *file) advice(m *score.Model) error {
	var errs []error
	levels := map[string]bool{}
	for l := range churn.Level(churn.Levels) {
		name := l.String()
		levels[name] = true
		a, ok := f.Alerts[name]
		if !ok {
			errs = append(errs, fmt.Errorf("alerts.%s: missing", name))
			continue
		}
		given, err := a.answer(m.Base)
		if l == churn.None && given.Cost.Known {
			err = errors.Join(err, errors.New("an alert that ends costs nothing: leave the cost out"))
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("alerts.%s: %w", name, err))
		}
		errs = append(errs, a.check("alerts."+name))
		m.Actions[l] = given
	}
	if a, ok := f.Alerts[secondOrder]; ok || m.Churn.SecondOrder > 0 {
		given, err := a.answer(m.Base)
		if err != nil {
			errs = append(errs, fmt.Errorf("alerts.%s: %w", secondOrder, err))
		}
		errs = append(errs, a.check("alerts."+secondOrder))
		m.SecondOrder = given
	}
	errs = append(errs, f.reactionAdvice(m))
	for _, name := range sorted(f.Alerts) {
		if !levels[name] && name != secondOrder && name != valueDropAction && name != feedbackAction {
			errs = append(errs, fmt.Errorf("alerts.%s: no such level; they are NONE, WATCH, AT_RISK, CRITICAL, and %s, %s, %s", name, secondOrder, feedbackAction, valueDropAction))
		}
	}
	return errors.Join(errs...)
}

func (a action) action() score.Action {
	return score.Action{Code: a.Code, Text: a.Text, Owner: a.Owner, DueHours: a.DueHours}
}

func (a action) check(where string) error {
	switch {
	case a.Code == "" || a.Text == "":
		return fmt.Errorf("%s: needs a code and a text", where)
	case a.Owner != "SALES" && a.Owner != "SERVICE" && a.Owner != "MARKETING":
		return fmt.Errorf("%s: owner %q is none of SALES, SERVICE, MARKETING", where, a.Owner)
	case a.DueHours < 0:
		return fmt.Errorf("%s: due_hours %d lie in the past", where, a.DueHours)
	}
	return nil
}

func sorted[T any](m map[string]T) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}
