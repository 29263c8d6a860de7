package avro

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/linkedin/goavro/v2"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/score/churn"
	"tidemark/internal/score/tier"
	"tidemark/internal/shard"
	"tidemark/schemas"
)

func encode(t *testing.T, c *Codec, tr score.Transition) shard.Output {
	t.Helper()
	out, err := c.Encode(tr)
	if err != nil {
		t.Fatalf("encode: %v", err)
	}
	return out
}

// told by goavro from the schema as it is published, logical types and all: what any other client would read.
func consumed(t *testing.T, out shard.Output) map[string]any {
	t.Helper()
	codec, err := goavro.NewCodec(ourText(t, out.Topic))
	if err != nil {
		t.Fatalf("%s: goavro does not take our schema: %v", out.Topic, err)
	}
	native, rest, err := codec.NativeFromBinary(out.Value[5:])
	if err != nil || len(rest) != 0 {
		t.Fatalf("%s: %v, %d bytes left over", out.Topic, err, len(rest))
	}
	return native.(map[string]any)
}

func TestEncodeTierChanged(t *testing.T) {
	change := sampleTier()
	out := encode(t, newCodec(t, Options{Source: "shop"}), change)
	if out.ID != change.ID || out.Topic != schemas.TierChanges || string(out.Key) != "c-1" || out.Time != 0 {
		t.Errorf("got id %s topic %s key %s time %d, want %s %s c-1 and the producer's time", out.ID, out.Topic, out.Key, out.Time, change.ID, schemas.TierChanges)
	}
	headers := map[string]string{}
	for _, h := range out.Headers {
		headers[h.Key] = string(h.Value)
	}
	if want := map[string]string{
		"ce_specversion": "1.0", "ce_id": change.ID, "ce_source": "shop", "ce_type": "com.tidemark.tier.changed.v1",
		"ce_time": "2026-01-01T12:00:00Z", "content-type": "application/avro", "sequence": "7",
	}; !reflect.DeepEqual(headers, want) {
		t.Errorf("headers %v, want %v", headers, want)
	}
	got := consumed(t, out)
	for name, want := range map[string]any{
		"event_id": change.ID, "customer_id": "c-1", "cause": "EVENT", "direction": "UP", "score_after": int32(6150), "coverage": .95,
		"previous_tier": map[string]any{"tidemark.v1.Tier": "GENERAL"}, "tier": map[string]any{"tidemark.v1.Tier": "POTENTIAL"},
		"corrects_event_id": nil, "churn_level": "WATCH", "clv_current": map[string]any{"long": int64(120_00)},
	} {
		if !reflect.DeepEqual(got[name], want) {
			t.Errorf("%s is %v, want %v", name, got[name], want)
		}
	}
	keep := got["keep_by"].(map[string]any)["tidemark.v1.KeepBy"].(map[string]any)
	if day := keep["date"].(time.Time); !day.Equal(time.Date(2026, 2, 16, 0, 0, 0, 0, time.UTC)) || keep["amount_minor"] != int64(12_00) {
		t.Errorf("keep_by is %v, want 2026-02-16 and 1200", keep)
	}
	if keep["any_order"] != false || keep["least_minor"] != nil {
		t.Errorf("keep_by is %v, want no other amount", keep)
	}
	cheap := sampleTier()
	cheap.KeepBy.Amount, cheap.KeepBy.Usual, cheap.KeepBy.Any = 1_00, 40_00, true
	keep = consumed(t, encode(t, newCodec(t, Options{}), cheap))["keep_by"].(map[string]any)["tidemark.v1.KeepBy"].(map[string]any)
	if keep["amount_minor"] != int64(40_00) || keep["any_order"] != true || !reflect.DeepEqual(keep["least_minor"], map[string]any{"long": int64(1_00)}) {
		t.Errorf("keep_by is %v, want the usual 4000, any order, at least 100", keep)
	}
	if at := got["as_of"].(time.Time); event.InstantOf(at) != noon {
		t.Errorf("as_of is %s, want %s", at, noon)
	}
	nps := got["contributions"].([]any)[2].(map[string]any)
	if nps["missing"] != true || nps["raw_after"] != nil || nps["normalised_after"] != nil {
		t.Errorf("a missing indicator is %v, want no values after", nps)
	}
}

func TestEncodeChurnAlert(t *testing.T) {
	alert := sampleAlert()
	alert.EpisodeID, alert.Action.DueHours = "that of its RAISED", 48
	got := consumed(t, encode(t, newCodec(t, Options{}), alert))
	for name, want := range map[string]any{
		"event_id": alert.ID, "episode_id": alert.EpisodeID, "state": "RAISED", "kind": "CHURN", "resolve_reason": nil, "level_before": "NONE", "level": "AT_RISK",
		"risk": .74, "control_group": true, "owner": nil, "likely_cause": map[string]any{"tidemark.v1.LikelyCause": "DELIVERY"},
		"action_cost_minor": map[string]any{"long": int64(800)}, "max_offer_minor": map[string]any{"long": int64(190)},
		"contactable_channels": map[string]any{"array": []any{}},
	} {
		if !reflect.DeepEqual(got[name], want) {
			t.Errorf("%s is %v, want %v", name, got[name], want)
		}
	}
	action := got["action"].(map[string]any)["tidemark.v1.Action"].(map[string]any)
	if action["code"] != "CALL" || !reflect.DeepEqual(action["due_hours"], map[string]any{"int": int32(48)}) {
		t.Errorf("action is %v, want CALL, due within 48 hours", action)
	}
	if at := got["act_by"].(map[string]any)["long.timestamp-millis"].(time.Time); event.InstantOf(at) != alert.ActBy {
		t.Errorf("act_by is %s, want %s", at, alert.ActBy)
	}
	evidence := got["cause_evidence"].(map[string]any)["array"].([]any)
	first, second := evidence[0].(map[string]any), evidence[1].(map[string]any)
	if len(evidence) != 2 || first["event_id"] != "f-1" || first["score"] != nil || first["topic"] == nil || second["topic"] != nil || second["score"] == nil {
		t.Errorf("cause_evidence is %v, want f-1 with a topic and no score, f-2 with a score and no topic", evidence)
	}
	next := got["expected_next"].(map[string]any)["tidemark.v1.ExpectedNext"].(map[string]any)
	if next["p50"] == nil || next["p90"] != nil {
		t.Errorf("expected_next is %v, want a p50, and no p90: it is never", next)
	}
}

func TestWhatIsNotKnownIsNull(t *testing.T) {
	c := newCodec(t, Options{})
	entry := sampleTier()
	entry.Previous, entry.Direction, entry.LineCrossed, entry.Playbook, entry.ContactableChannels, entry.KeepBy = tier.None, score.Entry, 0, score.Playbook{}, nil, score.KeepBy{}
	entry.Contributions[0].RawBefore = math.NaN()
	got := consumed(t, encode(t, c, entry))
	for _, name := range []string{"previous_tier", "line_crossed", "playbook", "contactable_channels", "keep_by"} {
		if got[name] != nil {
			t.Errorf("ENTRY: %s is %v, want null", name, got[name])
		}
	}
	spend := got["contributions"].([]any)[0].(map[string]any)
	if spend["raw_before"] != nil || spend["normalised_before"] != nil || spend["raw_after"] == nil {
		t.Errorf("a contribution that had no value before is %v, want null for the raw and the normalised one", spend)
	}
	exit := sampleTier()
	exit.Tier, exit.Direction = tier.None, score.Exit
	if got := consumed(t, encode(t, c, exit)); got["tier"] != nil {
		t.Errorf("EXIT: tier is %v, want null", got["tier"])
	}
	gone := sampleAlert()
	gone.LastPurchaseAt, gone.UsualGapDays, gone.ExpectedNextP50, gone.Action = 0, 0, 0, score.Action{}
	gone.WayBack = score.WayBack{ActBy: event.Never}
	got = consumed(t, encode(t, c, gone))
	for _, name := range []string{"last_purchase_at", "days_silent", "usual_gap_days", "expected_next", "action", "action_cost_minor", "max_offer_minor", "act_by", "likely_cause", "cause_evidence"} {
		if got[name] != nil {
			t.Errorf("an alert about a customer without purchases: %s is %v, want null", name, got[name])
		}
	}
}

func TestAWinBackNamesItsEpisode(t *testing.T) {
	out := encode(t, newCodec(t, Options{}), sampleWinBack())
	if got := string(out.Headers[3].Value); out.Topic != schemas.WinBacks || got != "com.tidemark.customer.won.back.v1" {
		t.Errorf("to %s as %s, want %s as com.tidemark.customer.won.back.v1", out.Topic, got, schemas.WinBacks)
	}
	got := consumed(t, out)
	for name, want := range map[string]any{
		"event_id": sampleWinBack().ID, "episode_id": sampleAlert().ID, "lapsed_days": int32(446), "order_value_minor": int64(2500),
		"action_id": map[string]any{"string": "call"}, "margin_since_minor": map[string]any{"long": int64(600)},
	} {
		if !reflect.DeepEqual(got[name], want) {
			t.Errorf("%s: %#v, want %#v", name, got[name], want)
		}
	}
}

func TestEncodeTierWillChange(t *testing.T) {
	c, notice := newCodec(t, Options{}), sampleNotice()
	for state, want := range map[score.NoticeState]string{
		score.Given: "com.tidemark.tier.notice.given.v1", score.Moved: "com.tidemark.tier.notice.moved.v1", score.Withdrawn: "com.tidemark.tier.notice.withdrawn.v1",
	} {
		notice.State = state
		out := encode(t, c, notice)
		if got := string(out.Headers[3].Value); out.Topic != schemas.TierNotices || got != want {
			t.Errorf("%s: to %s as %s, want %s as %s", state, out.Topic, got, schemas.TierNotices, want)
		}
	}
	notice = sampleNotice()
	got := consumed(t, encode(t, c, notice))
	for name, want := range map[string]any{
		"event_id": notice.ID, "notice_id": notice.ID, "state": "GIVEN", "withdraw_reason": nil, "fell_at": nil,
		"tier": map[string]any{"tidemark.v1.Tier": "HIGH"}, "tier_to_come": map[string]any{"tidemark.v1.Tier": "POTENTIAL"},
		"score_now": map[string]any{"int": int32(9010)}, "score_then": map[string]any{"int": int32(8799)}, "owner": map[string]any{"string": "ann"},
	} {
		if !reflect.DeepEqual(got[name], want) {
			t.Errorf("%s is %v, want %v", name, got[name], want)
		}
	}
	keep := got["keep_by"].(map[string]any)["tidemark.v1.NoticeKeepBy"].(map[string]any)
	if keep["least_minor"] != int64(12_00) || keep["usual_minor"] != int64(40_00) || keep["amount_minor"] != int64(40_00) || keep["any_order"] != false {
		t.Errorf("keep_by is %v, want at least 1200, usually 4000", keep)
	}
	book := got["playbook"].(map[string]any)["tidemark.v1.Playbook"].(map[string]any)
	if !reflect.DeepEqual(book["service"], map[string]any{"tidemark.v1.ServiceLevel": "CUSTOM"}) || !reflect.DeepEqual(book["resources"], map[string]any{"tidemark.v1.ResourceLevel": "PRIORITY"}) {
		t.Errorf("playbook is %v, want custom service and priority", book)
	}
	if at := got["falls_at"].(map[string]any)["long.timestamp-millis"].(time.Time); event.InstantOf(at) != notice.FallsAt {
		t.Errorf("falls_at is %s, want %s", at, notice.FallsAt)
	}
}

func TestEncodeSegmentChanged(t *testing.T) {
	c, x := newCodec(t, Options{}), sampleSegment()
	for change, want := range map[score.SegmentChange]string{score.Entered: "com.tidemark.segment.entered.v1", score.Left: "com.tidemark.segment.left.v1"} {
		x.Change = change
		out := encode(t, c, x)
		if got := string(out.Headers[3].Value); out.Topic != schemas.SegmentChanges || got != want {
			t.Errorf("%s: to %s as %s, want %s as %s", change, out.Topic, got, schemas.SegmentChanges, want)
		}
	}
	x = sampleSegment()
	got := consumed(t, encode(t, c, x))
	for name, want := range map[string]any{
		"event_id": x.ID, "change": "LEFT", "segment": "slipping_best", "churn_level": "AT_RISK", "tier": map[string]any{"tidemark.v1.Tier": "LOW"},
		"entered_event_id": map[string]any{"string": x.EnteredID}, "corrects_event_id": nil,
	} {
		if !reflect.DeepEqual(got[name], want) {
			t.Errorf("%s is %v, want %v", name, got[name], want)
		}
	}
	first := got["comparisons"].([]any)[0].(map[string]any)
	if want := map[string]any{"double": 54.99}; !reflect.DeepEqual(first["after"], want) || first["word_after"] != nil || first["held"] != true || first["holds"] != false {
		t.Errorf("the first comparison is %v", first)
	}
}

func TestEachStepOfAnEpisodeHasItsType(t *testing.T) {
	c := newCodec(t, Options{})
	for state, want := range map[score.EpisodeState]string{
		score.Raised: "com.tidemark.churn.alert.raised.v1", score.Escalated: "com.tidemark.churn.alert.escalated.v1",
		score.Eased: "com.tidemark.churn.alert.eased.v1", score.Resolved: "com.tidemark.churn.alert.resolved.v1",
		score.Retracted: "com.tidemark.churn.alert.retracted.v1", score.Updated: "com.tidemark.churn.alert.updated.v1",
	} {
		alert := sampleAlert()
		alert.State, alert.Resolve = state, score.ByLapse
		out := encode(t, c, alert)
		if got := string(out.Headers[3].Value); got != want {
			t.Errorf("%s: ce_type %s, want %s", state, got, want)
		}
		reason := map[string]any{"tidemark.v1.ResolveReason": "LAPSED"}
		if got := consumed(t, out)["resolve_reason"]; !reflect.DeepEqual(got, reason) {
			t.Errorf("%s: resolve_reason %v, want %v", state, got, reason)
		}
	}
}

func TestARiskThatIsNoNumberIsNotTold(t *testing.T) {
	alert := sampleAlert()
	alert.Risk = math.NaN()
	if out, err := newCodec(t, Options{}).Encode(alert); err == nil {
		t.Errorf("got %v, want an error", out)
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("Identify gave a risk that is no number an id, want a panic")
			}
		}()
		Identify(alert)
	}()
	nameless := sampleAlert()
	nameless.ID = ""
	if out, err := newCodec(t, Options{}).Encode(nameless); err == nil {
		t.Errorf("got %v, want an error for a transition without an id", out)
	}
}

func TestIdentifyHashesTheRecordWithoutItsIDs(t *testing.T) {
	alert := sampleDrop() // of the newest version
	alert.ID = Identify(alert)
	alert.EpisodeID = alert.ID
	body := encode(t, newCodec(t, Options{}), alert).Value[5:]
	// event_id and episode_id come first: a length byte (64, zigzag) and 32 digits each.
	if body[0] != 64 || body[33] != 64 {
		t.Fatalf("the record begins with % x, want two ids of 32 digits", body[:34])
	}
	sum := sha256.Sum256(append([]byte{0, 0}, body[66:]...))
	if want := hex.EncodeToString(sum[:16]); alert.ID != want {
		t.Errorf("id %s, want %s", alert.ID, want)
	}
}

// An id is that of the record by the oldest schema that can say the record. So consumers know again, after an upgrade, what they had
// been told before, and the id tells whatever a new version adds.
func TestIdentifyHashesByTheOldestSchema(t *testing.T) {
	for _, row := range []struct {
		why     string
		change  func(*score.ChurnAlert)
		version uint32
	}{
		{"nothing new", func(*score.ChurnAlert) {}, 1},
		{"an action that is due, which version 2 says", func(a *score.ChurnAlert) { a.Action.DueHours = 48 }, 2},
		{"a state of version 2", func(a *score.ChurnAlert) { a.State = score.Updated }, 2},
		{"a kind of version 3", func(a *score.ChurnAlert) { a.Kind = score.FeedbackAlert }, 3},
		{"a reason of version 3", func(a *score.ChurnAlert) { a.Resolve = score.ByTierChange }, 3},
		{"what a drop of value is measured by", func(a *score.ChurnAlert) { *a = *sampleDrop() }, 3},
	} {
		alert := sampleAlert()
		row.change(alert)
		alert.ID, alert.EpisodeID = "", ""
		record := alertRecord(alert)
		if row.version == 1 {
			delete(record["action"].(map[string]any)[space+"Action"].(map[string]any), "due_hours")
		}
		all := schemas.Versions()
		at := slices.IndexFunc(all, func(s schemas.Schema) bool { return s.Topic == schemas.ChurnAlerts && s.ID&0xff == row.version })
		schema, err := parseSchema(all[at].Text)
		if err != nil {
			t.Fatal(err)
		}
		codec, err := goavro.NewCodec(schema.text())
		if err != nil {
			t.Fatal(err)
		}
		b, err := codec.BinaryFromNative(nil, record)
		if err != nil {
			t.Fatalf("%s: %v", row.why, err)
		}
		sum := sha256.Sum256(b)
		if got, want := Identify(alert), hex.EncodeToString(sum[:16]); got != want {
			t.Errorf("%s: id %s, want %s, by version %d", row.why, got, want, row.version)
		}
	}
}

func TestIdentifyLooksAtThePayloadOnly(t *testing.T) {
	base := Identify(sampleTier())
	for _, row := range []struct {
		name   string
		change func(*score.TierChanged)
		same   bool
	}{
		{"another sequence, which is a header", func(t *score.TierChanged) { t.Sequence++ }, true},
		{"another id", func(t *score.TierChanged) { t.ID = "x" }, true},
		{"noise in the last bits", func(t *score.TierChanged) { t.Coverage = math.Nextafter(t.Coverage, 1) }, true},
		{"a zero with a sign", func(t *score.TierChanged) { t.Contributions[2].RawBefore = math.Copysign(0, -1) }, true},
		{"another instant", func(t *score.TierChanged) { t.AsOf++ }, false},
		{"another cause", func(t *score.TierChanged) { t.CauseEventID = "e-9" }, false},
		{"another contribution", func(t *score.TierChanged) { t.Contributions[0].Points++ }, false},
		{"a correction", func(t *score.TierChanged) { t.Corrects = "y" }, false},
		{"a usual order above the least", func(t *score.TierChanged) { t.KeepBy.Usual = 40_00 }, false},
		{"a usual order below the least, which is not said", func(t *score.TierChanged) { t.KeepBy.Usual = 1_00 }, true},
		{"any order", func(t *score.TierChanged) { t.KeepBy.Any = true }, false},
		{"the channels of orders", func(t *score.TierChanged) { t.OrderChannels = []string{"web"} }, false},
		{"since the tier was taken", func(t *score.TierChanged) { t.SinceTaken = &score.SinceTaken{} }, false},
	} {
		changed := sampleTier()
		row.change(changed)
		if same := Identify(changed) == base; same != row.same {
			t.Errorf("%s: same id %t, want %t", row.name, same, row.same)
		}
	}
	alert := sampleAlert()
	alert.EpisodeID = "another"
	if got, want := Identify(alert), Identify(sampleAlert()); got != want {
		t.Errorf("the episode's id changes the id: %s, want %s", got, want)
	}
}

// The ids are in consumers' databases: the encoding of what was said must never change.
func TestIDsAreThoseOfYesterday(t *testing.T) {
	change := sampleTier()
	if got, want := Identify(change), "f3cd9e7fc0527cdedb56522c5eb71e8c"; got != want {
		t.Errorf("TierChanged: id %s, want %s", got, want)
	}
	change.KeepBy = score.KeepBy{}
	if got, want := Identify(change), "a7fc361d1773e9513bfb1eff79672186"; got != want {
		t.Errorf("TierChanged that nothing keeps: id %s, want %s", got, want)
	}
	alert := sampleAlert()
	if got, want := Identify(alert), "9713505d56b8f4c84f06fc7c24e6e5cb"; got != want {
		t.Errorf("ChurnAlert: id %s, want %s", got, want)
	}
	alert.WayBack, alert.Action.Cost = score.WayBack{}, event.OptionalMinor{}
	if got, want := Identify(alert), "4c1392235982dcaa53186e90677bdab2"; got != want {
		t.Errorf("ChurnAlert without a way back: id %s, want %s", got, want)
	}
}

func TestTransitionJSONSaysWhatTheRecordSays(t *testing.T) {
	c := newCodec(t, Options{})
	fall := sampleTier()
	fall.SinceTaken = &score.SinceTaken{At: noon - 5, Points: 6500, Contributions: fall.Contributions[:1]}
	for _, tr := range []score.Transition{sampleTier(), fall, sampleAlert(), sampleDrop(), sampleUnhappy(), sampleWinBack()} {
		topic, line := TransitionJSON(tr)
		out := encode(t, c, tr)
		if topic != out.Topic || strings.ContainsRune(string(line), '\n') {
			t.Errorf("topic %s, want %s, on one line: %s", topic, out.Topic, line)
		}
		var got map[string]any
		if err := json.Unmarshal(line, &got); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		want := plain(consumed(t, out)).(map[string]any)
		for _, name := range whereSaid {
			if want[name] == nil {
				delete(want, name)
			}
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("got  %v\nwant %v", got, want)
		}
		if !strings.HasPrefix(string(line), `{"event_id":"`+tr.Common().ID+`",`) {
			t.Errorf("the line begins with %.60s, want the fields in the schema's order", line)
		}
	}
}

// plain turns goavro's values into those of encoding/json, unions opened and times as text.
func plain(native any) any {
	switch native := native.(type) {
	case map[string]any:
		for name, inside := range native {
			if strings.HasPrefix(name, "tidemark.v1.") || name == "string" || name == "long" || name == "int" || name == "double" ||
				name == "array" || name == "boolean" || name == "long.timestamp-millis" {
				return plain(inside)
			}
		}
		object := map[string]any{}
		for name, inside := range native {
			object[name] = plain(inside)
			if day, ok := inside.(time.Time); ok && name == "date" {
				object[name] = day.Format(time.DateOnly)
			}
		}
		return object
	case []any:
		list := []any{}
		for _, inside := range native {
			list = append(list, plain(inside))
		}
		return list
	case time.Time:
		return native.Format(time.RFC3339Nano)
	case int32:
		return float64(native)
	case int64:
		return float64(native)
	}
	return native
}

func TestEncodeScore(t *testing.T) {
	c := newCodec(t, Options{})
	s := score.Score{
		Customer: "c-1", AsOf: noon.Add(500 * time.Millisecond), Bought: true, Tier: tier.High, Points: 9125, Level: churn.AtRisk, Risk: .74,
		Total: 1234_56, Alive: .5, Segment: "Cannot Lose", Orders365: 12, Spend365: -29, Model: "2026-01", Base: "EUR",
		Learnt: 88_05, LearntModel: "2025-11",
	}
	out, err := c.EncodeScore(&s)
	if err != nil {
		t.Fatal(err)
	}
	got := consumed(t, out)
	for name, want := range map[string]any{
		"event_id": out.ID, "customer_id": "c-1", "as_of": noon.Add(500 * time.Millisecond).Time(), "tier": map[string]any{"tidemark.v1.Tier": "HIGH"},
		"value_score": map[string]any{"int": int32(9125)}, "churn_level": map[string]any{"tidemark.v1.ChurnLevel": "AT_RISK"},
		"clv_minor": map[string]any{"long": int64(123456)}, "spend_365d_minor": map[string]any{"long": int64(-29)}, "last_purchase_at": nil,
		"segment": map[string]any{"string": "Cannot Lose"}, "currency": "EUR", "cause": nil, "orders_365d": map[string]any{"long": int64(12)},
		"clv_learnt_minor": map[string]any{"long": int64(8805)}, "clv_learnt_model": map[string]any{"string": "2025-11"},
	} {
		if !reflect.DeepEqual(got[name], want) {
			t.Errorf("%s is %v, want %v", name, got[name], want)
		}
	}
	if len(out.ID) != 32 || string(out.Key) != "c-1" || out.Topic != schemas.Scores {
		t.Errorf("id %q key %q topic %q", out.ID, out.Key, out.Topic)
	}
	for _, row := range []struct {
		name   string
		change func(*score.Score)
		want   string
	}{
		{"no time", func(s *score.Score) { s.AsOf = 0 }, "as_of"},
		{"a time that never comes", func(s *score.Score) { s.AsOf = event.Never }, "as_of"},
		{"a risk that is no number", func(s *score.Score) { s.Risk = math.NaN() }, "NaN"},
		{"a probability out of this world", func(s *score.Score) { s.Alive = math.Inf(1) }, "Inf"},
		{"no currency", func(s *score.Score) { s.Base = "" }, "currency"},
	} {
		changed := s
		row.change(&changed)
		if _, err := c.EncodeScore(&changed); err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: got %v, want an error that names %s", row.name, err, row.want)
		}
	}
}

// The score of a test account has facts and says what it is. It has no number by which a list could rank it.
func TestEncodeTheScoreOfATestAccount(t *testing.T) {
	s := score.Score{
		Customer: "c-1", AsOf: noon, Test: true, Segment: "Test Account", Orders: 2, PurchaseDays: 2, Orders365: 2, Spend365: 5_000_000,
		LastPurchase: noon, Model: "2026-01", Base: "USD",
	}
	out, err := newCodec(t, Options{}).EncodeScore(&s)
	if err != nil {
		t.Fatal(err)
	}
	got := consumed(t, out)
	for name, want := range map[string]any{
		"tier": nil, "value_score": nil, "churn_risk": nil, "clv_minor": nil, "p_alive": nil, "clv_learnt_minor": nil, "clv_learnt_model": nil, "segment": map[string]any{"string": "Test Account"},
		"orders_365d": map[string]any{"long": int64(2)}, "spend_365d_minor": map[string]any{"long": int64(5_000_000)},
	} {
		if !reflect.DeepEqual(got[name], want) {
			t.Errorf("%s is %v, want %v", name, got[name], want)
		}
	}
	if got["last_purchase_at"] == nil {
		t.Error("no last purchase, want the fact")
	}
}

// TestSymbolsAreInTheOrderOfTheConstants: a later codec may write a symbol's index without looking at its name.
func TestSymbolsAreInTheOrderOfTheConstants(t *testing.T) {
	type set struct {
		topic, field string
		first        int // constant of the symbol after UNKNOWN
		name         func(int) string
	}
	for _, row := range []set{
		{schemas.Purchases, "kind", 1, func(i int) string { return event.PurchaseKind(i).String() }},
		{schemas.Interactions, "kind", 1, func(i int) string { return event.InteractionKind(i).String() }},
		{schemas.Interactions, "disposition", 1, func(i int) string { return event.Disposition(i).String() }},
		{schemas.Feedbacks, "kind", 1, func(i int) string { return event.FeedbackKind(i).String() }},
		{schemas.Feedbacks, "topic", 1, func(i int) string { return event.Subject(i).String() }},
		{schemas.TierChanges, "cause", 1, func(i int) string { return score.Cause(i).String() }},
		{schemas.TierChanges, "direction", 1, func(i int) string { return score.Direction(i).String() }},
		{schemas.TierChanges, "tier", 1, func(i int) string { return tier.Tier(i).String() }},           // NONE is null
		{schemas.TierChanges, "churn_level", 0, func(i int) string { return churn.Level(i).String() }},  // NONE is a level
		{schemas.ChurnAlerts, "level", 0, func(i int) string { return churn.Level(i).String() }},        // likewise
		{schemas.ChurnAlerts, "state", 1, func(i int) string { return score.EpisodeState(i).String() }}, //
		{schemas.ChurnAlerts, "resolve_reason", 1, func(i int) string { return score.ResolveReason(i).String() }},
		{schemas.TierNotices, "state", 1, func(i int) string { return score.NoticeState(i).String() }},
		{schemas.TierNotices, "withdraw_reason", 1, func(i int) string { return score.ResolveReason(i).String() }},
		{schemas.TierNotices, "cause", 1, func(i int) string { return score.Cause(i).String() }},
		{schemas.SegmentChanges, "change", 1, func(i int) string { return score.SegmentChange(i).String() }},
		{schemas.SegmentChanges, "cause", 1, func(i int) string { return score.Cause(i).String() }},
		{schemas.SegmentChanges, "churn_level", 0, func(i int) string { return churn.Level(i).String() }},
		{schemas.ChurnAlerts, "kind", 1, func(i int) string { return score.AlertKind(i).String() }},
	} {
		enum := formats()[row.topic].record.field(row.field).of
		for _, branch := range enum.branches {
			if branch.kind == "enum" {
				enum = branch
			}
		}
		for i, symbol := range enum.symbols[1:] {
			if want := row.name(row.first + i); symbol != want {
				t.Errorf("%s.%s: symbol %d is %s, the constant %s", row.topic, row.field, i+1, symbol, want)
			}
		}
		if beyond := lastOf(row.name, row.first+len(enum.symbols)-1); beyond != "" {
			t.Errorf("%s.%s lacks the symbol %s", row.topic, row.field, beyond)
		}
	}
}

// lastOf names the constant after the last symbol; empty where there is none.
func lastOf(name func(int) string, i int) (symbol string) {
	defer func() {
		if recover() != nil { // beyond the table of names
			symbol = ""
		}
	}()
	if symbol = name(i); symbol == "UNKNOWN" {
		return ""
	}
	return symbol
}
