package score_test

import (
	"reflect"
	"slices"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/history"
	"tidemark/internal/score"
	"tidemark/internal/score/churn"
)

// excused are the facts that no label depends on, each with the reason why the end of a stretch may pass over it.
var excused = map[string]string{
	"FirstPurchase":    "labels count whole days: FirstDay",
	"LastPurchase":     "labels count whole days: LastDay",
	"Discount":         "no indicator and no term of a stack weighs it",
	"ServiceCost":      "no indicator and no term of a stack weighs it",
	"AcquisitionCost":  "no indicator and no term of a stack weighs it",
	"OutreachCost":     "no indicator and no term of a stack weighs it",
	"MeanGapDays":      "labels take the median",
	"PreferredChannel": "transitions name it, no label depends on it",
	"Refunds365":       "Refunded takes amounts, not counts",
	"Chargebacks":      "no indicator and no term of a stack weighs it",
	"FailedPayments":   "no indicator and no term of a stack weighs it",
	"Overdue":          "no indicator and no term of a stack weighs it",
	"Paid":             "no indicator and no term of a stack weighs it",
	"NPSAt":            "the score expires with NPSKnown",
	"CSATLatest":       "Satisfaction takes the mean",
	"LastComplaint":    "Complaints are counted, not dated",
	"Touches90":        "Engagement takes the weights, Interactions90",
	"ReferredBuyers":   "part of Referrals, or who is among them already",
	"ReferralsBeyond":  "part of Referrals",
	"Channels90":       "no indicator and no term of a stack weighs it",
	"More":             "nil unless a scorecard weighs an entry that reads it",
	"Until":            "says when the facts change, not what they are",
	"UntilTouches":     "says when the facts change, not what they are",
}

// lifelong are the facts that labels depend on and that silence alone leaves as they are.
var lifelong = map[string]string{
	"Orders":          "counted over life",
	"PurchaseDays":    "counted over life",
	"FirstDay":        "a purchase day stays",
	"LastDay":         "a purchase day stays",
	"LastOrderAmount": "the last order stays the last",
	"Lines":           "counted over life",
	"LastLines":       "the last order stays the last",
	"Spend":           "added up over life",
	"Margin":          "added up over life",
	"MarginSpend":     "added up over life",
	"FirstDayNet":     "added up over life",
	"RepeatDays":      "counted over life",
	"RepeatSpend":     "added up over life",
	"LogGaps":         "added up over life",
	"GapsKnown":       "what a former format has sealed stays as it is",
	"Referrals":       "counted over life",
	"Interactions30":  "a part of Interactions90",
	"TestAccount":     "a word of an event, which stays until another event",
}

// TestEveryFactIsWeighedOrExcused changes one fact after the other. Either feels.same tells the two states apart, or the fact is
// excused and no label changes with it. So a new fact fails the test until somebody decides.
func TestEveryFactIsWeighedOrExcused(t *testing.T) {
	e := newEngine(t, event.Calendar{}, func(m *score.Model) {
		m.Stack = stacked()
		for _, term := range churn.Terms() {
			m.Stack.Weights[term] = max(m.Stack.Weights[term], .01)
		}
	})
	p, _ := weekly(t, e)
	at := p.AsOf + 20*day
	usual := e.Facts(&p.History, at)
	usual.Experience = history.Experience{NPSScore: 9, NPSKnown: true, CSATMean: .5, CSATCount: 2, Complaints: 2, OpenComplaints: 1, RefundAmount365: 100}
	usual.AtLast = usual.Experience
	met := map[string]bool{}
	for path, change := range leaves(reflect.TypeFor[history.Facts](), nil, "") {
		name := path.top
		met[name] = true
		changed, lone := usual, history.Facts{}
		change(reflect.ValueOf(&changed).Elem())
		change(reflect.ValueOf(&lone).Elem())
		same, quiet := e.Same(&usual, &changed), e.Quiet(&lone)
		switch {
		case same && excused[name] == "":
			t.Errorf("%s: feels.same passes over it: compare it there, or excuse it with the reason why no label depends on it", path)
		case !same && excused[name] != "":
			t.Errorf("%s: excused (%s), but feels.same compares it", path, excused[name])
		case !same && quiet && lifelong[name] == "":
			t.Errorf("%s: feels.quiet passes over it: ask for it there, or say why silence leaves it as it is", path)
		case !quiet && lifelong[name] != "":
			t.Errorf("%s: silence leaves it as it is (%s), but feels.quiet asks for it", path, lifelong[name])
		}
		if was, is := bearing(e, &usual, at), bearing(e, &changed, at); same && was != is {
			t.Errorf("%s: excused (%s), but it changes %+v into %+v", path, excused[name], was, is)
		}
	}
	for _, list := range []map[string]string{excused, lifelong} {
		for name := range list {
			if !met[name] {
				t.Errorf("%s is excused, but it is no fact", name)
			}
		}
	}
}

type bears struct {
	signs  churn.Signs
	points score.Points
}

func bearing(e *score.Engine, f *history.Facts, at event.Instant) bears {
	signs, points := e.Bearing(f, at)
	return bears{signs, points}
}

// leaf names a field that is no struct: top is the field of Facts that holds it.
type leaf struct{ top, path string }

func (l leaf) String() string { return l.path }

// leaves are the fields below a type, each with a function that changes the field of a value.
func leaves(of reflect.Type, index []int, top string) map[leaf]func(reflect.Value) {
	all := map[leaf]func(reflect.Value){}
	for i := range of.NumField() {
		field := of.Field(i)
		here, name := append(slices.Clip(index), i), top
		if name == "" {
			name = field.Name
		}
		if field.Type.Kind() == reflect.Struct {
			for below, change := range leaves(field.Type, here, name) {
				all[leaf{name, field.Name + "." + below.path}] = change
			}
			continue
		}
		all[leaf{name, field.Name}] = func(v reflect.Value) { bump(v.FieldByIndex(here)) }
	}
	return all
}

// bump changes a value, and a zero value into another.
func bump(v reflect.Value) {
	switch {
	case v.CanInt():
		v.SetInt(v.Int() + 1)
	case v.CanFloat():
		v.SetFloat(v.Float() + .25)
	case v.Kind() == reflect.Bool:
		v.SetBool(!v.Bool())
	case v.Kind() == reflect.String:
		v.SetString(v.String() + "x")
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
	case v.Kind() == reflect.Array:
		bump(v.Index(1))
	default:
		panic("no change for a " + v.Kind().String())
	}
}
