package catalogue

import (
	"math"

	"tidemark/internal/event"
)

var inf = math.Inf(1)

// Entry is one number or word that a customer has.
type Entry struct {
	// Name names the entry for ever: it is a column, a member of tm:detail and an indicator of a scorecard. Lower case, digits, underscores.
	Name string
	// Title is what a reader sees. Formula says in one sentence how the entry is computed.
	Title, Formula Text
	Kind           Kind
	// Unit is the unit of a number: days, orders, points, share and the like; empty for a word and for money, whose unit is the base currency.
	Unit string
	// Low and High bound a number. An infinite bound is no bound.
	Low, High float64
	Group     Group
	// Better says whether a greater number is better for the business.
	Better Better
	// Silence says what a customer's silence does to the entry.
	Silence Silence
	// Source names the literature, or the section of the methods; empty for what is only counted.
	Source string
	// Seen are the readers that show the entry.
	Seen Seen
	// Reads are the parts of the View that the function looks at.
	Reads Reads
	// Number gives the number: money in major units of the base currency, an instant in milliseconds since 1970, a flag as 0 or 1. It is false
	// where the number does not apply or is not known. Word gives a word likewise. One of the two is set, Word for Kind Word only.
	Number func(v *View) (value float64, known bool)
	Word   func(v *View) (value string, known bool)
}

// Text is the same text in English and in Chinese.
type Text struct{ En, Zh string }

// In returns the text in a language, en or zh. Every other language is taken for en.
func (t Text) In(lang string) string {
	if lang == "zh" {
		return t.Zh
	}
	return t.En
}

// Kind says how a value is written.
type Kind uint8

// The kinds.
const (
	// Number is written to six significant digits.
	Number Kind = iota
	// Count is a whole number.
	Count
	// Money is in major units of the base currency, with the currency's digits.
	Money
	// Instant is written in RFC 3339, UTC.
	Instant
	// Flag is true, or absent.
	Flag
	// Word is a text.
	Word
)

var kinds = [...]string{"number", "count", "money", "instant", "flag", "word"}

func (k Kind) String() string { return kinds[k] }

// Better says which numbers are better for the business.
type Better uint8

// The directions.
const (
	Neither Better = iota
	More
	Less
)

var directions = [...]string{"neither", "more", "less"}

func (b Better) String() string { return directions[b] }

// Silence says what a customer's silence does to an entry.
type Silence uint8

// What silence does.
const (
	// Still: only an event changes the entry.
	Still Silence = iota
	// Steps: the entry changes where a fact leaves a trailing window, and at no other instant.
	Steps
	// Falls: between two such instants the entry never rises. Rises: it never falls.
	Falls
	Rises
	// Moves: silence may do either. A forecast over calendar days is such an entry, where a season lies ahead.
	Moves
)

var silences = [...]string{"still", "steps", "falls", "rises", "moves"}

func (s Silence) String() string { return silences[s] }

// Seen is a set of readers.
type Seen uint8

// The readers. With run --detail all, tm:detail holds every entry that is no field of tm:score.
const (
	// InFile: a column of the scores file.
	InFile Seen = 1 << iota
	// InScore: a field of tm:score.
	InScore
	// InBrief: a member of tm:detail, whatever is asked for.
	InBrief
	// InTopic: in the maps numbers and words of customer.scores.v1. What has a field of its own there is in neither map.
	InTopic
	// InDetail: a member of tm:detail with run --detail all.
	InDetail

	// Usual is where a new entry is seen: in the file, in the topic, and in the detail where all is asked for.
	Usual = InFile | InTopic | InDetail
	// Wanted is Usual for an entry that is a member of tm:detail in any case.
	Wanted = Usual | InBrief
)

var readers = [...]string{"file", "tm:score", "tm:detail", "topic", "tm:detail (all)"}

// Names lists the readers of the set.
func (s Seen) Names() []string {
	var names []string
	for i, name := range readers {
		bit := Seen(1) << i
		if s&bit != 0 && (bit != InDetail || s&InBrief == 0) {
			names = append(names, name)
		}
	}
	return names
}

// Reads is a set of parts of a View.
type Reads uint16

// The parts of a View that an entry may read. What it reads says which events change it, what a search for the next change of a label must
// compare, and what has to be computed for it. A part that is not named here is always there: the orders and what follows from them, NPS,
// referrals, the pattern.
const (
	// ReadsMood is Facts.Experience and Facts.AtLast, without the NPS; also NPSAt, CSATLatest and LastComplaint.
	ReadsMood Reads = 1 << iota
	// ReadsTouches are the facts that count interactions: Interactions30, Interactions90, Touches90, Channels90.
	ReadsTouches
	// ReadsCosts are Discount, ServiceCost, AcquisitionCost, OutreachCost.
	ReadsCosts
	// ReadsTrouble are Refunds365, Chargebacks, FailedPayments, Overdue, Paid.
	ReadsTrouble
	// ReadsHabits are MeanGapDays and PreferredChannel, LastPurchase and FirstPurchase.
	ReadsHabits
	// ReadsRisk is View.Risk, ReadsOutlook is View.Outlook, ReadsWorth is View.Worth.
	ReadsRisk
	ReadsOutlook
	ReadsWorth
	// ReadsLabels are the score, the labels and what is made of them: no scorecard may weigh what reads them.
	ReadsLabels
	// ReadsProfile is what was said of a customer: attributes, consents, channels.
	ReadsProfile
	// ReadsMore are the rarer facts of View.More, and what Standing and Methods say besides.
	ReadsMore
	// OfProspects: the entry is of who has not bought.
	OfProspects
)

// Group puts entries together that a reader wants to see together.
type Group uint8

// The groups, in the order in which they are shown.
const (
	Identity Group = iota
	Purchases
	Rhythm
	Rank
	Worth
	Prediction
	Loyalty
	Satisfaction
	Engagement
	Contact
	Credit
	Cost

	// Groups is the number of groups.
	Groups int = iota
)

var groups = [...]Text{
	{"Customer", "客户"},
	{"Purchases", "购买"},
	{"Purchase rhythm", "购买节奏"},
	{"Score, tier and segment", "评分、等级与分群"},
	{"Value", "价值"},
	{"Prediction", "预测"},
	{"Loyalty and churn", "忠诚与流失"},
	{"Satisfaction", "满意度"},
	{"Engagement", "互动"},
	{"Contact", "联系"},
	{"Payment and credit", "付款与信用"},
	{"Cost", "成本"},
}

// Title is the heading of the group.
func (g Group) Title() Text { return groups[g] }

// Major returns an amount of minor units in major units of the base currency.
func (v *View) Major(minor int64) float64 { return v.Base.Major(minor) }

// Format appends the value of the entry to b: money with the digits of the currency, an instant in RFC 3339 UTC, a number to six significant
// digits. It appends nothing where the value is not known. A word is appended as it is.
func (e *Entry) Format(b []byte, v *View) []byte {
	if e.Kind == Word {
		word, known := e.Word(v)
		if !known {
			return b
		}
		return append(b, word...)
	}
	x, known := e.Number(v)
	if !known {
		return b
	}
	return e.Kind.append(b, x, v.Base)
}

func (k Kind) append(b []byte, x float64, base event.Currency) []byte {
	switch k {
	case Count:
		return appendFloat(b, x, 'f', 0)
	case Money:
		digits, _ := base.Digits()
		return appendFloat(b, x, 'f', digits)
	case Instant:
		if x >= float64(event.Never) {
			return event.Never.Append(b)
		}
		return event.Instant(x).Append(b)
	case Flag:
		if x == 0 {
			return b
		}
		return append(b, "true"...)
	case Number, Word:
	}
	return appendFloat(b, x, 'g', 6)
}
