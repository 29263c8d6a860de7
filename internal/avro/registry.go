package avro

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/sr"

	"tidemark/internal/event"
	"tidemark/internal/stream"
)

// RegistryOptions say how to reach a schema registry with the API of Confluent (Confluent, Karapace, Apicurio, Redpanda).
type RegistryOptions struct {
	// URLs are tried in turn. There is at least one.
	URLs []string
	// User and Password authenticate, or else Token does. All may be empty.
	User, Password, Token string
	// TLS configures https. Nil is the system's configuration.
	TLS *tls.Config
	// Timeout bounds one request. Zero is 5 s.
	Timeout time.Duration
}

// Registry looks schemas up and caches them: a schema never changes under its id. It is safe for concurrent use.
type Registry struct {
	client  *sr.Client
	timeout time.Duration
	now     func() time.Time

	known   sync.RWMutex
	entries map[schemaID]entry

	// asking serialises requests, so that each schema is asked for once. It also guards the buckets.
	asking sync.Mutex
	// budget holds requests. doubts holds the unknown ids that may be waited for.
	budget, doubts bucket
}

// entry is the answer of the registry for one id. It expires at until; a zero until never expires.
type entry struct {
	reader reader
	err    error
	until  time.Time
	// doubted is when the registry first did not know the id, if the id was waited for.
	doubted time.Time
}

const (
	// unknownFor is the lifetime of the answer "not found", silentFor that of no answer at all.
	unknownFor = time.Minute
	silentFor  = time.Second
	// maxKnown bounds the number of cached ids.
	maxKnown = 4096
	// unsureFor is how long "not found" is no verdict. A producer may use a schema the moment it is registered, and the replicas of a
	// registry learn of the schema some time later.
	unsureFor = 10 * time.Second
	// waits and waitsPerSecond bound the unknown ids that are waited for. Without a bound, messages with made-up ids, a new one in each,
	// would hold their partition for ten seconds each. With the bound they hold it for 50 seconds, and then for 10 seconds in two
	// minutes. An id that becomes known does not count.
	waits, waitsPerSecond = 5, 1.0 / 120
	// burst and perSecond bound the requests. Without a bound, messages with made-up ids would become as many requests.
	burst, perSecond = 50, 50
	// maxResponse bounds an answer, in bytes: a schema in JSON quotes.
	maxResponse = 4 * maxSchema
)

// NewRegistry returns a client of a schema registry. It sends nothing yet.
func NewRegistry(o RegistryOptions) (*Registry, error) {
	if o.Timeout == 0 {
		o.Timeout = 5 * time.Second
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	if o.TLS != nil {
		transport.TLSClientConfig = o.TLS
	}
	options := []sr.ClientOpt{
		sr.URLs(append([]string(nil), o.URLs...)...), // which edits what it is given
		sr.UserAgent("tidemark"),
		sr.HTTPClient(&http.Client{Timeout: o.Timeout, Transport: limited{transport}}),
	}
	switch {
	case o.User != "":
		options = append(options, sr.BasicAuth(o.User, o.Password))
	case o.Token != "":
		options = append(options, sr.BearerToken(o.Token))
	}
	client, err := sr.NewClient(options...)
	if err != nil {
		return nil, fmt.Errorf("schema registry: %w", err)
	}
	return &Registry{
		client: client, timeout: o.Timeout, now: time.Now,
		entries: map[schemaID]entry{}, budget: newBucket(burst, perSecond), doubts: newBucket(waits, waitsPerSecond),
	}, nil
}

// reader returns the reader of a schema. If the registry does not know the schema for ten seconds, or the schema describes none of our
// events, the error is an *event.Invalid. If the registry does not answer, or does not know the schema yet, the error wraps
// stream.ErrSchemaUnavailable.
func (r *Registry) reader(id schemaID) (reader, error) {
	if e, ok := r.remembered(id); ok {
		return e.reader, e.err
	}
	r.asking.Lock()
	defer r.asking.Unlock()
	if e, ok := r.remembered(id); ok { // somebody asked while we waited
		return e.reader, e.err
	}
	if !id.global && (id.number == 0 || id.number > math.MaxInt32) {
		return reader{}, event.Invalidf(event.UnknownSchema, "%s cannot be a schema id", id)
	}
	if !r.budget.take(r.now()) {
		return reader{}, fmt.Errorf("look up schema %s: more than %d unknown ids a second: %w", id, perSecond, stream.ErrSchemaUnavailable)
	}
	e := r.ask(id)
	r.remember(id, e)
	return e.reader, e.err
}

func (r *Registry) ask(id schemaID) entry {
	ctx, cancel := context.WithTimeout(context.Background(), r.timeout)
	defer cancel()
	text, err := r.fetch(ctx, id)
	switch {
	case err == nil:
	case code(err) == sr.ErrSchemaNotFound.Code && !id.global:
		return r.doubt(id, err)
	case errors.Is(err, errTooLong), id.global && missing(err):
		return entry{err: event.Invalidf(event.UnknownSchema, "schema %s: %s", id, err), until: r.now().Add(unknownFor)}
	default:
		return entry{err: fmt.Errorf("look up schema %s: %w: %w", id, stream.ErrSchemaUnavailable, err), until: r.now().Add(silentFor)}
	}
	if !r.last(id).doubted.IsZero() {
		r.doubts.back()
	}
	compiled, err := newReader(text)
	if err != nil {
		return entry{err: event.Invalidf(event.UnknownSchema, "schema %s: %s", id, err)}
	}
	return entry{reader: compiled}
}

// doubt returns the entry of an id that the registry does not know: no verdict for ten seconds after the first such answer, then an
// unknown schema. If too many unknown ids were waited for, the verdict is given at once.
func (r *Registry) doubt(id schemaID, err error) entry {
	now, since := r.now(), r.last(id).doubted
	unknown := entry{err: event.Invalidf(event.UnknownSchema, "schema %s: %s", id, err), until: now.Add(unknownFor), doubted: since}
	if since.IsZero() {
		if !r.doubts.take(now) {
			return unknown
		}
		since = now
	}
	if left := unsureFor - now.Sub(since); left > 0 {
		wait := fmt.Errorf("look up schema %s, for %s more: %w: %w", id, left, stream.ErrSchemaUnavailable, err)
		return entry{err: wait, until: now.Add(min(silentFor, left)), doubted: since}
	}
	return unknown
}

// last returns the last answer for an id, even if the answer has expired.
func (r *Registry) last(id schemaID) entry {
	r.known.RLock()
	defer r.known.RUnlock()
	return r.entries[id]
}

func (r *Registry) fetch(ctx context.Context, id schemaID) (string, error) {
	var found sr.Schema
	var err error
	if id.global {
		var s sr.SubjectSchema
		s, err = r.client.SchemaByGUID(ctx, id.String())
		found = s.Schema
	} else {
		found, err = r.client.SchemaByID(ctx, int(id.number))
	}
	if err != nil {
		return "", err
	}
	// A schema of another type than Avro, or with references, does not parse. It describes none of our events.
	return found.Schema, nil
}

func (r *Registry) remembered(id schemaID) (entry, bool) {
	r.known.RLock()
	e, ok := r.entries[id]
	r.known.RUnlock()
	return e, ok && (e.until.IsZero() || r.now().Before(e.until))
}

func (r *Registry) remember(id schemaID, e entry) {
	r.known.Lock()
	defer r.known.Unlock()
	if len(r.entries) >= maxKnown {
		for old, e := range r.entries {
			if !e.until.IsZero() {
				delete(r.entries, old)
			}
		}
	}
	if len(r.entries) >= maxKnown {
		clear(r.entries)
	}
	r.entries[id] = e
}

var errTooLong = fmt.Errorf("an answer of more than %d bytes", maxResponse)

// limited is a transport that bounds the length of answers.
type limited struct{ http.RoundTripper }

func (l limited) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := l.RoundTripper.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	response.Body = &limitedBody{response.Body, maxResponse}
	return response, nil
}

type limitedBody struct {
	io.ReadCloser
	left int
}

func (b *limitedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p[:min(len(p), b.left+1)])
	if b.left -= n; b.left < 0 {
		return 0, errTooLong
	}
	return n, err
}

// missing reports the status 404, whatever the registry's own code. Registries older than GUIDs do not know the path that asks for one,
// and answer so: such a registry knows no schema by its GUID, and no retry changes that.
func missing(err error) bool {
	answer, ok := errors.AsType[*sr.ResponseError](err)
	return ok && answer.StatusCode == http.StatusNotFound
}

// code returns the registry's own code of an error, or zero.
func code(err error) int {
	if answer, ok := errors.AsType[*sr.ResponseError](err); ok {
		return answer.ErrorCode
	}
	return 0
}
