package score_test

import (
	"bytes"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"tidemark/internal/avro"
	"tidemark/internal/event"
	"tidemark/internal/model"
	"tidemark/internal/score"
	"tidemark/internal/score/churn"
)

var update = flag.Bool("update", false, "rewrite what the stories of testdata expect")

// The stories of testdata are whole lives of customers, each with a sentence that says what it shows. A line is
//
//	DATE [TIME] purchase AMOUNT [CURRENCY] [order=ID] [margin=AMOUNT]
//	DATE [TIME] refund AMOUNT [CURRENCY] [order=ID]
//	DATE [TIME] cancel order=ID
//	DATE [TIME] nps N | csat N | complaint [SUBJECT] | resolved | refer [ID] | view | support
//	DATE [TIME] bought ID              the customer ID has bought, and named this one as the referrer
//	DATE [TIME] test true|false        a word on whether this is a test account
//	DATE [TIME] attribute KEY VALUE    what the customer is
//	DATE [TIME] review                 the reviews due by then
//	DATE [TIME] score                  the same, and the numbers
//	DATE [TIME] model FILE [notice_days=N] [segments=FILE]  another model comes into force, or the default; without a date before
//	                                the first event; FILE is appended to it
//
// and may end in sent=DATE[THH:MM], when the event arrived, or id=ID, to send an event again. Each line with > is a
// transition that follows, with its date if that is not the day of the line before.
func TestStories(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) < 14 {
		t.Fatalf("stories: got %d, %v; want at least 14", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := tell(t, string(want))
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
				return
			}
			if !bytes.Equal([]byte(got), want) {
				t.Errorf("%s goes otherwise (rewrite with -update):\ngot\n%s\nwant\n%s", file, got, want)
			}
		})
	}
}

// story is the state of a story while its lines are read.
type story struct {
	*ledger
	out  strings.Builder
	asOf map[string]event.Instant // of every transition, by id
	line int
}

// tell returns a story with what comes of it.
func tell(t *testing.T, text string) string {
	s := &story{ledger: newLedger(t, newEngine(t, event.Calendar{}, nil)), asOf: map[string]event.Instant{}}
	if !strings.HasPrefix(text, "# ") {
		t.Errorf("a story opens with one sentence that says what it shows: # ...")
	}
	for line := range strings.Lines(text) {
		s.line++
		line = strings.TrimRight(line, "\n")
		if strings.HasPrefix(line, ">") {
			continue
		}
		s.out.WriteString(line + "\n")
		if line != "" && !strings.HasPrefix(line, "#") {
			s.play(strings.Fields(line))
		}
	}
	return s.out.String()
}

// play plays one line.
func (s *story) play(words []string) {
	s.t.Helper()
	if words[0] == "model" {
		s.engine = s.load(words[1:], nil)
		s.profile = s.engine.New("c")
		return
	}
	at := s.instant(words[0])
	words = words[1:]
	if strings.Contains(words[0], ":") {
		clock, err := time.Parse("15:04", words[0])
		if err != nil {
			s.t.Fatalf("line %d: %v", s.line, err)
		}
		at += event.Instant(clock.Hour()*60+clock.Minute()) * hour / 60
		words = words[1:]
	}
	options := map[string]string{"id": fmt.Sprint("line ", s.line), "order": fmt.Sprint("of line ", s.line)}
	var args []string
	for _, word := range words[1:] {
		if name, value, ok := strings.Cut(word, "="); ok {
			options[name] = value
			continue
		}
		args = append(args, word)
	}
	before := len(s.transitions)
	switch words[0] {
	case "review":
		s.advance(at)
	case "score":
		s.advance(at)
		s.say(at, before)
		s.numbers(at)
		return
	case "model":
		s.adopt(s.load(words[1:], s.engine).Effective(at), at)
	default:
		sent := at
		if options["sent"] != "" {
			sent = s.instant(options["sent"])
		}
		s.advance(sent)
		head := event.Head{ID: options["id"], Customer: "c", OccurredAt: at, RecordedAt: sent}
		x := s.event(head, words[0], args, options)
		if err := event.Validate(x); err != nil {
			s.t.Fatalf("line %d: %v", s.line, err)
		}
		if verdict := s.apply(x); verdict != score.Accepted {
			fmt.Fprintf(&s.out, "> %s\n", verdict)
		}
		at = sent
	}
	s.say(at, before)
}

func (s *story) event(head event.Head, verb string, args []string, options map[string]string) event.Event {
	s.t.Helper()
	switch verb {
	case "purchase", "refund", "cancel":
		p := &event.Purchase{Head: head, Kind: event.Order, OrderID: options["order"], Amount: event.Money{Currency: "USD"}}
		if len(args) > 1 {
			p.Amount.Currency = event.Currency(args[1])
		}
		if len(args) > 0 {
			p.Amount.Minor = s.minor(args[0])
		}
		if options["margin"] != "" {
			p.Margin = event.Minor(s.minor(options["margin"]))
		}
		switch verb {
		case "refund":
			p.Kind = event.Refund
			if strings.HasPrefix(p.OrderID, "of line") {
				p.OrderID = ""
			}
		case "cancel":
			p.Kind = event.Cancel
		}
		return p
	case "nps":
		return &event.Feedback{Head: head, Kind: event.NPS, Score: s.number(args[0]), Max: 10, Scored: true}
	case "complaint":
		return &event.Feedback{Head: head, Kind: event.Complaint, About: about(args)}
	case "csat":
		return &event.Feedback{Head: head, Kind: event.CSAT, Score: s.number(args[0]), Min: 1, Max: 5, Scored: true}
	case "resolved":
		return &event.Feedback{Head: head, Kind: event.ComplaintResolved}
	case "refer":
		return &event.Interaction{Head: head, Kind: event.ReferralMade, Name: strings.Join(args, " ")}
	case "bought":
		return &event.Link{Head: head, Referral: &event.LinkReferral{Buyer: args[0]}}
	case "test":
		return &event.Interaction{Head: head, Kind: event.Attributes, Attributes: map[string]string{"test_account": args[0]}}
	case "attribute":
		return &event.Interaction{Head: head, Kind: event.Attributes, Attributes: map[string]string{args[0]: args[1]}}
	case "support":
		return &event.Interaction{Head: head, Kind: event.SupportContact}
	case "outreach":
		return &event.Interaction{Head: head, Kind: event.OutreachSent}
	case "view":
		return &event.Interaction{Head: head, Kind: event.ProductView}
	}
	s.t.Fatalf("line %d: no verb %q", s.line, verb)
	return nil
}

// about is the subject of a complaint, if the line names one.
func about(args []string) event.Subject {
	if len(args) == 0 {
		return event.UnknownSubject
	}
	return event.ParseSubject(strings.ToUpper(args[0]))
}

// say writes down the transitions since a number of them. at is the instant of the line.
func (s *story) say(at event.Instant, since int) {
	for _, x := range s.transitions[since:] {
		stamp := x.Common()
		s.asOf[stamp.ID] = stamp.AsOf
		why := strings.ToLower(stamp.Cause.String())
		corrects := ""
		switch x := x.(type) {
		case *score.TierChanged:
			fmt.Fprintf(&s.out, "> tier %s to %s score %.2f", lower(x.Previous), lower(x.Tier), float64(x.After)/100)
			if x.NoticeID != "" {
				s.out.WriteString(" as told")
			}
			corrects = x.Corrects
		case *score.WonBack:
			fmt.Fprintf(&s.out, "> won back after %d days by %d", x.LapsedDays, x.OrderValue)
			if x.Margin.Known {
				fmt.Fprintf(&s.out, " margin %d", x.Margin.Minor)
			}
			if x.ActionID != "" {
				fmt.Fprintf(&s.out, " thanks to %s", x.ActionID)
			}
		case *score.TierWillChange:
			fmt.Fprintf(&s.out, "> notice %s", lower(x.State))
			if x.State != score.Withdrawn {
				fmt.Fprintf(&s.out, ": %s to %s on %s, score %.2f to %.2f", lower(x.Tier), lower(x.ToCome), event.Calendar{}.Day(x.FallsAt), float64(x.Now)/100, float64(x.Then)/100)
				if x.KeepBy.Amount > 0 {
					fmt.Fprintf(&s.out, ", kept by %d on %s", x.KeepBy.Advised(), x.KeepBy.Day)
				}
			} else {
				why = lower(x.Withdrawal) + ", " + why
			}
			corrects = x.Corrects
		case *score.SegmentChanged:
			fmt.Fprintf(&s.out, "> %s %s", lower(x.Change), x.Segment)
			for i := range x.Crossings {
				if c := &x.Crossings[i]; c.Held != c.Holds {
					fmt.Fprintf(&s.out, ", %s", c.Reads())
				}
			}
			corrects = x.Corrects
		case *score.ChurnAlert:
			what := "churn"
			if x.Kind != score.Churn {
				what = lower(x.Kind)
			}
			fmt.Fprintf(&s.out, "> %s %s", what, lower(x.State))
			if x.Kind == score.ValueDrop || x.Kind == score.FeedbackAlert {
				s.reasons(x)
			} else if x.Level != churn.None {
				fmt.Fprintf(&s.out, " %s", lower(x.Level))
			}
			if x.Kind == score.Churn || x.Kind == score.SecondOrderWindow {
				fmt.Fprintf(&s.out, " risk %.2f", x.Risk)
			}
			if x.State == score.Updated && x.Kind != score.FeedbackAlert && x.Kind != score.ValueDrop {
				fmt.Fprintf(&s.out, " for %s, %d open complaints", lower(x.LikelyCause), x.OpenComplaints)
			}
			if x.Resolve != score.UnknownReason {
				why = lower(x.Resolve) + ", " + why
			}
			corrects = x.Corrects
		}
		fmt.Fprintf(&s.out, " (%s", why)
		if corrects != "" {
			fmt.Fprintf(&s.out, " of %s", event.Calendar{}.Day(s.asOf[corrects]))
		}
		s.out.WriteString(")")
		if on := (event.Calendar{}).Day(stamp.AsOf); on != (event.Calendar{}).Day(at) {
			fmt.Fprintf(&s.out, " on %s", on)
		}
		s.out.WriteString("\n")
	}
}

// reasons writes down what an alert of a drop of value or of an unhappy customer says.
func (s *story) reasons(a *score.ChurnAlert) {
	if m := a.Measured; m.Since != 0 {
		fmt.Fprintf(&s.out, " since %s score %.2f to %.2f, value %.0f to %.0f", (event.Calendar{}).Day(m.Since),
			float64(m.ScoreBefore)/100, float64(m.ScoreAfter)/100, float64(m.ValueBefore)/100, float64(m.ValueAfter)/100)
	}
	for _, r := range a.Reasons {
		fmt.Fprintf(&s.out, ", %s %d", strings.ReplaceAll(r.Name, "_", " "), r.Weight)
	}
	for _, r := range a.ValueReasons {
		fmt.Fprintf(&s.out, ", %s %.2f to %.2f", strings.ReplaceAll(r.Name, "_", " "), r.Before, r.After)
	}
	if a.ActBy != event.Never {
		fmt.Fprintf(&s.out, ", act by %s", (event.Calendar{}).Day(a.ActBy))
	}
}

// numbers writes down the public score.
func (s *story) numbers(at event.Instant) {
	p := s.engine.Score(s.profile, at)
	if !p.Bought {
		fmt.Fprintf(&s.out, "> no purchase stands; spend %.2f\n", float64(p.SpendLifetime)/100)
		return
	}
	fmt.Fprintf(&s.out, "> %s, score %.2f, coverage %.2f, %d orders, spend %.2f, %s, worth %.2f, alive %.2f, risk %.2f\n", lower(p.Tier),
		float64(p.Points)/100, p.Coverage, p.Orders, float64(p.SpendLifetime)/100, p.Segment, float64(p.Current)/100, p.Alive, p.Risk)
}

func (s *story) load(words []string, previous *score.Engine) *score.Engine {
	s.t.Helper()
	name, raw := words[0], model.Default()
	if name != "default" {
		var err error
		if raw, err = os.ReadFile(filepath.Join("testdata", filepath.Base(name))); err != nil {
			s.t.Fatalf("line %d: %v", s.line, err)
		}
	}
	for _, word := range words[1:] {
		name, value, _ := strings.Cut(word, "=")
		if name == "segments" {
			more, err := os.ReadFile(filepath.Join("testdata", filepath.Base(value)))
			if err != nil {
				s.t.Fatalf("line %d: %v", s.line, err)
			}
			raw = append(append(raw, '\n'), more...)
			continue
		}
		raw = fmt.Appendf(raw, "\nreactions: {%s: %s}\n", name, value)
	}
	m, err := model.Parse(raw)
	if err != nil {
		s.t.Fatalf("line %d: %v", s.line, err)
	}
	e, err := score.NewEngine(m, event.Calendar{}, avro.Identify, previous)
	if err != nil {
		s.t.Fatalf("line %d: %v", s.line, err)
	}
	return e
}

func (s *story) instant(text string) event.Instant {
	s.t.Helper()
	for _, layout := range []string{time.DateOnly, "2006-01-02T15:04"} {
		if at, err := time.Parse(layout, text); err == nil {
			return event.InstantOf(at)
		}
	}
	s.t.Fatalf("line %d: %q is no date", s.line, text)
	return 0
}

func (s *story) number(text string) float64 {
	s.t.Helper()
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		s.t.Fatalf("line %d: %v", s.line, err)
	}
	return n
}

func (s *story) minor(text string) int64 { return int64(math.Round(100 * s.number(text))) }

func lower(x fmt.Stringer) string {
	return strings.ReplaceAll(strings.ToLower(x.String()), "_", " ")
}
