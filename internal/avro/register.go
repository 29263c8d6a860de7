package avro

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/twmb/franz-go/pkg/sr"

	"tidemark/schemas"
)

// Subjects are the names of our schemas in a registry: <topic>-value.
func Subjects() []string {
	var list []string
	for _, s := range schemas.All() {
		list = append(list, s.Subject())
	}
	return list
}

// Register registers our schemas, and returns their ids by topic, for Options.IDs. It only looks up a schema that is registered
// already, so a registry that is read-only for us serves too. A new subject gets the compatibility BACKWARD, unless somebody has
// set another.
func (r *Registry) Register(ctx context.Context) (map[string]uint32, error) {
	ids := map[string]uint32{}
	for _, s := range schemas.All() {
		id, err := r.register(ctx, s)
		if err != nil {
			return nil, fmt.Errorf("register %s: %w", s.Subject(), err)
		}
		ids[s.Topic] = uint32(id)
	}
	return ids, nil
}

func (r *Registry) register(ctx context.Context, s schemas.Schema) (int, error) {
	ours := sr.Schema{Schema: s.Text, Type: sr.TypeAvro}
	found, err := r.client.LookupSchema(ctx, s.Subject(), ours)
	if err == nil {
		return found.ID, nil
	}
	if !absent(err) {
		return 0, err
	}
	id, err := r.client.RegisterSchema(ctx, s.Subject(), ours, -1, -1)
	if err != nil {
		return 0, err
	}
	if level := r.client.Compatibility(ctx, s.Subject())[0]; code(level.Err) != sr.ErrSubjectLevelCompatibilityNotConfigured.Code {
		return id, level.Err
	}
	return id, r.client.SetCompatibility(ctx, sr.SetCompatibility{Level: sr.CompatBackward}, s.Subject())[0].Err
}

// Finding is a fault of the registry, and how to mend it.
type Finding struct{ Subject, Wrong, Mend string }

// Check compares the registry with our schemas. It changes nothing.
func (r *Registry) Check(ctx context.Context) []Finding {
	var findings []Finding
	for _, s := range schemas.All() {
		found, answered := r.check(ctx, s)
		findings = append(findings, found...)
		if !answered {
			break // it would say the same of all
		}
	}
	return findings
}

func (r *Registry) check(ctx context.Context, s schemas.Schema) (findings []Finding, answered bool) {
	say := func(mend, format string, args ...any) {
		findings = append(findings, Finding{s.Subject(), fmt.Sprintf(format, args...), mend})
	}
	ours := sr.Schema{Schema: s.Text, Type: sr.TypeAvro}
	_, err := r.client.LookupSchema(ctx, s.Subject(), ours)
	switch {
	case err == nil:
	case !absent(err):
		say("check the registry's URL, credentials and health", "the schema registry does not answer: %v", err)
		return findings, false
	case code(err) == sr.ErrSubjectNotFound.Code:
		say("register the schemas", "there is no such subject")
		return findings, true
	default:
		say("register the schemas", "our version of the schema is not registered")
		if fits, err := r.client.CheckCompatibility(ctx, s.Subject(), -1, ours); err == nil && !fits.Is {
			say("find out who registered it; run the version of Tidemark that it belongs to",
				"the latest version is not compatible with ours: %s", strings.Join(fits.Messages, "; "))
		}
	}
	level := r.client.Compatibility(sr.WithParams(ctx, sr.DefaultToGlobal), s.Subject())[0]
	weak := []sr.CompatibilityLevel{sr.CompatNone, sr.CompatForward, sr.CompatForwardTransitive}
	if level.Err == nil && slices.Contains(weak, level.Level) {
		say("set it to BACKWARD", "compatibility is %s: a new schema might not read old messages", level.Level)
	}
	return findings, true
}

// absent reports whether an error is the answer that there is no such schema.
func absent(err error) bool {
	var answer *sr.ResponseError
	return errors.As(err, &answer) && slices.Contains([]int{sr.ErrSubjectNotFound.Code, sr.ErrSchemaNotFound.Code}, answer.ErrorCode)
}
