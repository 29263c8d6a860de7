package avro

import (
	"bytes"
	"strings"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/score/churn"
	"tidemark/internal/score/tier"
	"tidemark/schemas"
)

// An erasure is a CloudEvent that carries the id of the customer and the instant, and nothing else. The same erasure has the same id.
func TestEncodeErasure(t *testing.T) {
	c := newCodec(t, Options{})
	out, err := c.EncodeErasure("c-1", noon)
	if err != nil {
		t.Fatal(err)
	}
	again, _ := c.EncodeErasure("c-1", noon)
	later, _ := c.EncodeErasure("c-1", noon+1)
	if out.ID != again.ID || out.ID == later.ID || len(out.ID) != 32 {
		t.Errorf("ids %s, %s and a millisecond later %s: want 32 digits, the same and another", out.ID, again.ID, later.ID)
	}
	want, err := codecs()[schemas.Erasures].BinaryFromNative(nil, map[string]any{"event_id": out.ID, "customer_id": "c-1", "erased_at": int64(noon)})
	if err != nil {
		t.Fatal(err)
	}
	if got := out.Value[5:]; !bytes.Equal(got, want) {
		t.Errorf("got %x, want %x", got, want)
	}
	unnamed, _ := codecs()[schemas.Erasures].BinaryFromNative(nil, map[string]any{"event_id": "", "customer_id": "c-1", "erased_at": int64(noon)})
	if want := digest(unnamed); out.ID != want {
		t.Errorf("id %s, want the digest of the record without an id, %s", out.ID, want)
	}
	headers := map[string]string{}
	for _, h := range out.Headers {
		headers[h.Key] = string(h.Value)
	}
	if out.Topic != schemas.Erasures || string(out.Key) != "c-1" || headers["ce_id"] != out.ID ||
		headers["ce_type"] != "com.tidemark.customer.erased.v1" || headers["ce_time"] != noon.String() {
		t.Errorf("to %s with key %s and headers %v", out.Topic, out.Key, headers)
	}
	for _, at := range []event.Instant{0, event.Never} {
		if _, err := c.EncodeErasure("c-1", at); err == nil {
			t.Errorf("erased at %s: want an error", at)
		}
	}
}

// Whatever an engine says of a customer who was erased, its message says which transition it is, and of whom. The ids are those of the
// bare transition, so that an engine which fills in more gives the same ids.
func TestAnErasedTransitionIsBare(t *testing.T) {
	exit, resolved := sampleTier(), sampleAlert()
	exit.Tier, exit.Direction, exit.Cause = tier.None, score.Exit, score.ByErasure
	resolved.State, resolved.Resolve, resolved.Cause = score.Resolved, score.ByErased, score.ByErasure
	for _, row := range []struct {
		told, bare score.Transition
		kept       map[string]any
	}{
		{
			exit, &score.TierChanged{Stamp: score.Stamp{
				Customer: exit.Customer, AsOf: exit.AsOf, Cause: score.ByErasure, ModelVersion: exit.ModelVersion,
				ScorecardHash: exit.ScorecardHash, PopulationVersion: exit.PopulationVersion,
			}, Direction: score.Exit},
			map[string]any{"direction": "EXIT"},
		},
		{
			resolved, &score.ChurnAlert{Stamp: score.Stamp{
				Customer: resolved.Customer, AsOf: resolved.AsOf, Cause: score.ByErasure, ModelVersion: resolved.ModelVersion,
				ScorecardHash: resolved.ScorecardHash, PopulationVersion: resolved.PopulationVersion,
			}, State: score.Resolved, Resolve: score.ByErased, Kind: resolved.Kind, LevelBefore: churn.Critical},
			map[string]any{"state": "RESOLVED", "kind": resolved.Kind.String()},
		},
	} {
		if got, want := Identify(row.told), Identify(row.bare); got != want {
			t.Errorf("%T: id %s, want that of the bare transition, %s", row.told, got, want)
		}
		out, err := newCodec(t, Options{}).Encode(row.told)
		if err != nil {
			t.Fatal(err)
		}
		native, _, err := codecs()[out.Topic].NativeFromBinary(out.Value[5:])
		if err != nil {
			t.Fatal(err)
		}
		record := native.(map[string]any)
		for name, want := range row.kept {
			if record[name] != want {
				t.Errorf("%T: %s is %v, want %v", row.told, name, record[name], want)
			}
		}
		for _, f := range formats()[out.Topic].record.fields {
			v := record[f.name]
			if f.of.optional() && f.name != "resolve_reason" && v != nil {
				t.Errorf("%T: %s is %v, want null", row.told, f.name, v)
			}
			if f.of.kind == "array" && len(v.([]any)) > 0 {
				t.Errorf("%T: %s is %v, want no elements", row.told, f.name, v)
			}
		}
		_, line := TransitionJSON(row.told)
		for _, secret := range []string{"USD", "EUR", "e-1", "CRITICAL", "HIGH", `"control_group":true`} {
			if strings.Contains(string(line), secret) {
				t.Errorf("%T: the line of the replay says %s:\n%s", row.told, secret, line)
			}
		}
	}
}

// Only what needs a symbol of the second version is named by the second version: all other ids stay.
func TestNewSymbolsAskForTheNewVersion(t *testing.T) {
	for cause := score.ByEvent; cause <= score.ByMerge; cause++ {
		won := sampleWinBack()
		won.Cause = cause
		if got, want := oldest(won) == 1, cause <= score.ByCorrection; got != want {
			t.Errorf("a win-back by %s: the first version holds it: %v, want %v", cause, got, want)
		}
	}
	for reason := score.UnknownReason; reason <= score.ByMerged; reason++ {
		alert := &score.ChurnAlert{Resolve: reason}
		if got, want := oldest(alert) == 1, reason <= score.ByRelief; got != want {
			t.Errorf("an alert with the reason %s: the first version holds it: %v, want %v", reason, got, want)
		}
	}
	if oldest(&score.WonBack{ContactableChannels: []string{"web"}}) != 2 {
		t.Error("a win-back with channels: the first version has no such field")
	}
	merged := &score.TierChanged{Contributions: []score.Contribution{{Cause: score.ByMerge}}}
	if oldest(merged) != 2 {
		t.Error("a contribution by a merger: the first version has no such symbol")
	}
}
