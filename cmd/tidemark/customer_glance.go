package main

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/score/churn"
	"tidemark/internal/score/tier"
)

// passage is a part of what is said of a customer in words: what it is about, and sentences.
type passage struct{ about, text string }

// glance says in words what a person who looks after the customer wants to know, at an instant: who it is, the tier and what keeps it, the risk,
// what to do, and where the customer may be met.
func (s subject) glance(at event.Instant) []passage {
	p, e := &s.profile, s.at(at)
	if p.Away() {
		return []passage{{"who", fmt.Sprintf("%s is %s.", p.Customer, merged(p))}}
	}
	now, o, why := e.Score(*p, at), e.Outlook(*p, at), e.Explain(*p, at)
	var all []passage
	add := func(about string, sentences ...string) {
		sentences = slices.DeleteFunc(sentences, func(text string) bool { return text == "" })
		if len(sentences) > 0 {
			all = append(all, passage{about, strings.Join(sentences, " ")})
		}
	}
	add("who", s.who(&now, &o)...)
	switch {
	case now.Test:
		add("note", "This is a test account: it is in no list, gets no tier and no alert, until an event says test_account false.")
		return all
	case !now.Bought:
		add("note", s.prospect(&now)...)
		add("contact", s.contact(&o)...)
		return all
	}
	add("tier", append(s.tier(&now, &o, &why), s.notice()...)...)
	add("keep", s.keep(o.WhatIf, now.Base)...)
	add("next", s.next(o.WhatIf, now.Base)...)
	add("risk", s.risk(&now, &o, &why)...)
	add("told", s.reactions(e)...)
	add("do", s.todo(&now, &o, &why)...)
	add("contact", s.contact(&o)...)
	return all
}

func (s subject) who(now *score.Score, o *score.Outlook) []string {
	p := &s.profile
	var lines []string
	if now.Bought || now.Test && now.PurchaseDays > 0 { // a test account has bought, though it counts as nobody
		lines = append(lines, fmt.Sprintf("%s has bought since %s: %s on %s, the last on %s. The spend is %s net of refunds, %s of it in the last 365 days.",
			p.Customer, s.day(now.FirstPurchase), numbered(now.Orders, "order"), numbered(now.PurchaseDays, "day"), s.day(now.LastPurchase),
			amount(now.SpendLifetime, now.Base), amount(now.Spend365, now.Base)))
	} else {
		lines = append(lines, fmt.Sprintf("Nothing that %s bought stands.", p.Customer))
	}
	switch {
	case o.TopCategory != "" && len(o.OrderChannels) > 0:
		lines = append(lines, fmt.Sprintf("Buys mostly %s, by %s.", o.TopCategory, enumerated(o.OrderChannels)))
	case o.TopCategory != "":
		lines = append(lines, fmt.Sprintf("Buys mostly %s.", o.TopCategory))
	case len(o.OrderChannels) > 0:
		lines = append(lines, fmt.Sprintf("Buys by %s.", enumerated(o.OrderChannels)))
	}
	if now.Bought {
		lines = append(lines, fmt.Sprintf("Seen as of %s.", s.day(now.AsOf)))
	}
	if o.Owner != "" {
		lines = append(lines, fmt.Sprintf("Looked after by %s.", o.Owner))
	}
	if line := merged(p); line != "" {
		lines = append(lines, "The history is "+line+".")
	}
	if p.Erased > 0 {
		lines = append(lines, fmt.Sprintf("Who had this id before was erased on %s: nothing from before is held.", s.day(p.Erased)))
	}
	return lines
}

// prospect says what there is to say of who has bought nothing.
func (s subject) prospect(now *score.Score) []string {
	lines := []string{"No purchase stands, so there is no tier, no score and no alert."}
	if now.SpendLifetime == 0 && now.Orders == 0 && s.profile.Sequence == 0 {
		lines = []string{"A prospect: known by visits, mails or answers, and without a purchase so far. There is no tier, no score and no alert yet."}
	}
	return append(lines, fmt.Sprintf("The last that was heard is of %s.", s.day(s.profile.LastChange)))
}

func (s subject) tier(now *score.Score, o *score.Outlook, why *score.Explanation) []string {
	if now.Tier == tier.None {
		return []string{"There is no tier."}
	}
	lines := []string{fmt.Sprintf("%s since %s. The value score is %s of 100%s.", now.Tier, s.day(s.profile.Standing.Since), points(now.Points), carried(why))}
	var limits []string
	if o.Lost > 0 {
		limits = append(limits, fmt.Sprintf("%s is lost below %s", now.Tier, points(o.Lost)))
	}
	if o.NextLine > 0 {
		limits = append(limits, fmt.Sprintf("%s begins at %s", now.Tier+1, points(o.NextLine)))
	}
	if len(limits) > 0 {
		lines = append(lines, strings.Join(limits, ", ")+".")
	}
	if since := o.Since; since != nil && now.Points != since.Points {
		lines = append(lines, fmt.Sprintf("Since the tier was taken the score has gone from %s to %s: %s.", points(since.Points), points(now.Points), movers(since.Contributions)))
	}
	return lines
}

// carried names what most of a score comes from.
func carried(why *score.Explanation) string {
	parts := byPoints(why.Indicators)
	if len(parts) == 0 || parts[0].Points <= 0 {
		return ""
	}
	var names []string
	for _, p := range parts[:min(3, len(parts))] {
		if p.Points > 0 {
			names = append(names, fmt.Sprintf("%s (%s)", called(p.Indicator), points(p.Points)))
		}
	}
	return ", most of it from " + enumerated(names)
}

// movers names the parts that moved a score most.
func movers(contributions []score.Contribution) string {
	parts := byPoints(contributions)
	var names []string
	for _, p := range parts[:min(3, len(parts))] {
		name := called(p.Indicator)
		if p.Cause == score.ByModel {
			name += " by another scorecard"
		}
		names = append(names, fmt.Sprintf("%s %+.1f", name, float64(p.Points)/100))
	}
	if more := len(parts) - 3; more > 0 {
		rest := score.Points(0)
		for _, p := range parts[3:] {
			rest += p.Points
		}
		names = append(names, fmt.Sprintf("all else %+.1f", float64(rest)/100))
	}
	return strings.Join(names, ", ")
}

// byPoints are contributions, the largest first, without those of nothing.
func byPoints(all []score.Contribution) []score.Contribution {
	parts := slices.DeleteFunc(slices.Clone(all), func(c score.Contribution) bool { return c.Points == 0 })
	slices.SortStableFunc(parts, func(a, b score.Contribution) int { return int(max(b.Points, -b.Points) - max(a.Points, -a.Points)) })
	return parts
}

func (s subject) keep(w *score.WhatIf, base event.Currency) []string {
	switch {
	case w == nil || w.Tier == tier.Low:
		return nil
	case w.Falls == event.Never:
		return []string{fmt.Sprintf("Silence alone does not end %s.", w.Tier)}
	}
	lines := []string{fmt.Sprintf("Without an order %s ends on %s.", w.Tier, s.day(w.Falls))}
	day := s.date(w.KeepBy)
	switch {
	case w.Keep == 0:
		return append(lines, fmt.Sprintf("No single order of a sensible size, up to three usual ones (%s), keeps it.", amount(3*w.Usual, base)))
	case w.Any:
		return append(lines, fmt.Sprintf("Any order on %s keeps it. The usual one is of %s.", day, amount(w.Usual, base)))
	case w.Keep > w.Least:
		return append(lines, fmt.Sprintf("The usual order of %s on %s keeps it; %s would be enough.", amount(w.Keep, base), day, amount(w.Least, base)))
	}
	return append(lines, fmt.Sprintf("An order of %s on %s keeps it. The usual one is of %s.", amount(w.Keep, base), day, amount(w.Usual, base)))
}

func (s subject) next(w *score.WhatIf, base event.Currency) []string {
	switch {
	case w == nil || w.Next == tier.None:
		return nil
	case w.Reach == 0:
		return []string{fmt.Sprintf("No single order of a sensible size, up to three usual ones (%s), reaches %s.", amount(3*w.Usual, base), w.Next)}
	case base.Major(w.Reach) <= 1:
		return []string{fmt.Sprintf("Any order now reaches %s. The usual one is of %s.", w.Next, amount(w.Usual, base))}
	case w.Reach < w.Usual:
		return []string{fmt.Sprintf("The usual order of %s now reaches %s; %s would be enough.", amount(w.Usual, base), w.Next, amount(w.Reach, base))}
	}
	return []string{fmt.Sprintf("An order of %s now reaches %s. The usual one is of %s.", amount(w.Reach, base), w.Next, amount(w.Usual, base))}
}

func (s subject) risk(now *score.Score, o *score.Outlook, why *score.Explanation) []string {
	silence := "Silent " + numbered(int(o.Silent), "day")
	if o.Silent < 1 {
		silence = "Bought within the last day"
	}
	if o.Usual > 0 {
		silence += fmt.Sprintf(", usually %.0f", max(1, math.Round(o.Usual)))
	}
	within := fmt.Sprintf("will not buy in %d days", o.HorizonDays)
	if o.Left {
		within = "has left for good"
	}
	lines := []string{fmt.Sprintf("%s; %s %s (just after the last purchase: %s).", silence, share(now.Risk), within, share(o.Normal))}
	p := &s.profile
	switch {
	case now.Level != churn.None:
		level := fmt.Sprintf("The churn level is %s since %s.", now.Level, s.day(p.Episode.Since))
		if p.Episode.RaisedAt != p.Episode.Since {
			level = fmt.Sprintf("The churn level is %s since %s, under alert since %s.", now.Level, s.day(p.Episode.Since), s.day(p.Episode.RaisedAt))
		}
		lines = append(lines, level)
		if p.Muted {
			lines = append(lines, fmt.Sprintf("The alert was recorded, not published: %s.", s.keptBack(s.at(p.AsOf))))
		}
		lines = append(lines, fmt.Sprintf("At stake are %s.", amount(o.AtStake, now.Base)))
	case p.Second.Open:
		lines = append(lines, fmt.Sprintf("A second order is awaited since %s.", s.day(p.Second.RaisedAt)))
	default:
		lines = append(lines, fmt.Sprintf("No churn alert: %s.", s.quiet(now)))
	}
	if back := why.WayBack; back != nil && back.LikelyCause != 0 {
		lines = append(lines, s.cause(back))
	}
	if now.OpenComplaints > 0 {
		lines = append(lines, fmt.Sprintf("%s open.", numbered(now.OpenComplaints, "complaint")))
	}
	return lines
}

func (s subject) cause(back *score.WayBack) string {
	if back.LikelyCause == score.Inactivity {
		return "No complaint or bad answer stands behind it."
	}
	text := "Likely cause: " + strings.ReplaceAll(strings.ToLower(back.LikelyCause.String()), "_", " ")
	if len(back.Evidence) == 0 {
		return text + "."
	}
	first := back.Evidence[0]
	said := "a complaint"
	if !math.IsNaN(first.Score) {
		said = fmt.Sprintf("an answer of %.0f %%", 100*first.Score)
	}
	return fmt.Sprintf("%s, by %s of %s.", text, said, s.day(first.At))
}

// quiet says in words of no model why there is no churn level.
func (s subject) quiet(now *score.Score) string {
	m := s.at(now.AsOf).Model()
	switch now.Why {
	case churn.TooFewPurchases:
		return fmt.Sprintf("bought on %s, and fewer than %d are no rhythm", numbered(now.PurchaseDays, "day"), m.Churn.MinPurchaseDays)
	case churn.TooLittleSpent:
		return fmt.Sprintf("spent less than %s in all, so an alert is not worth its while", amount(m.Churn.MinSpend, m.Base))
	case churn.Lapsed:
		return fmt.Sprintf("silent for so long (%.0f days, or one and a half usual gaps) that the customer counts as lost", m.Churn.Lapse.Hours()/24)
	case churn.BoughtRecently:
		return "not silent for longer than is usual"
	case churn.AsUsual:
		return "the risk is about what is normal for this customer"
	case churn.LowRisk:
		return "the risk is above what is normal for this customer, but still low"
	case churn.BehavesLikeShop:
		return "the id behaves like a shop, as if many customers shared it"
	case churn.HasLevel, churn.NeverBought, churn.ReviewDue, churn.TestAccount:
	}
	return strings.TrimSuffix(now.Why.Meaning(), ".")
}

func (s subject) todo(now *score.Score, o *score.Outlook, why *score.Explanation) []string {
	if member, announced := s.at(now.AsOf).InControl(s.profile.Customer); member && !announced {
		return []string{"Nothing: the customer is in the control group, which outreach leaves alone so that its effect can be measured."}
	}
	var lines []string
	for i, a := range o.Actions {
		if a.Text == "" {
			continue
		}
		text := fmt.Sprintf("%s (%s)", a.Text, strings.ToLower(a.Owner))
		switch due := o.Due[i]; {
		case due == event.Never, due < now.AsOf && why.WayBack == nil && !s.profile.Second.Open: // a step of a playbook, which may be done by now
		case due < now.AsOf:
			text += ", was due by " + s.minute(due)
		default:
			text += ", by " + s.minute(due)
		}
		lines = append(lines, text+".")
	}
	if back := why.WayBack; back != nil {
		switch {
		case !back.MaxOffer.Known:
		case back.MaxOffer.Minor == 0:
			lines = append(lines, "An offer does not pay: the answer alone costs more than it is expected to bring.")
		default:
			lines = append(lines, fmt.Sprintf("An offer may cost up to %s.", amount(back.MaxOffer.Minor, now.Base)))
		}
		if back.ActBy != event.Never {
			worse := "it gets worse"
			if now.Level == churn.Critical {
				worse = "the customer counts as lost"
			}
			lines = append(lines, fmt.Sprintf("If nothing happens, %s on %s.", worse, s.minute(back.ActBy)))
		}
	}
	return lines
}

func (s subject) contact(o *score.Outlook) []string {
	var lines []string
	switch {
	case o.Contact == nil && o.ByConsent:
		lines = append(lines, "No word on consent, so no channel may be used.")
	case o.Contact == nil:
		lines = append(lines, "No channel is known.")
	case len(o.Contact) == 0:
		lines = append(lines, "No channel may be used: there is no consent to any.")
	case o.ByConsent:
		lines = append(lines, fmt.Sprintf("With consent: %s.", enumerated(o.Contact)))
	default:
		lines = append(lines, fmt.Sprintf("By %s, which the customer has used and not refused.", enumerated(o.Contact)))
	}
	if len(o.Refused) > 0 {
		lines = append(lines, fmt.Sprintf("Refused: %s.", enumerated(o.Refused)))
	}
	if o.Preferred != "" {
		lines = append(lines, fmt.Sprintf("Likes to be met by %s.", o.Preferred))
	}
	return lines
}

// day is a day for people, in the zone that Tidemark counts in.
func (s subject) day(at event.Instant) string {
	return at.Time().In(s.where()).Format("2 January 2006")
}

// minute is a day and a time.
func (s subject) minute(at event.Instant) string {
	return at.Time().In(s.where()).Format("2 January 2006 15:04 MST")
}

// date is a day that is no instant.
func (s subject) date(d event.Day) string {
	return time.Unix(int64(d)*86400, 0).UTC().Format("2 January 2006")
}

func (s subject) where() *time.Location {
	if s.zone == nil {
		return time.UTC
	}
	return s.zone
}

// share is a probability as a percentage, never quite 0 or 100.
func share(p float64) string {
	switch percent := math.Round(100 * p); {
	case percent < 1:
		return "less than 1 %"
	case percent > 99:
		return "more than 99 %"
	default:
		return fmt.Sprintf("%.0f %%", percent)
	}
}

// points are hundredths of a point with one decimal.
func points(n score.Points) string { return fmt.Sprintf("%.1f", float64(n)/100) }

// enumerated joins names: a, b and c.
func enumerated(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}
