package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"tidemark/internal/avro"
	"tidemark/internal/event"
	"tidemark/internal/redis"
	"tidemark/internal/score"
	"tidemark/internal/shard"
	"tidemark/schemas"
)

type customerExportCommand struct {
	ID          string        `arg:"" help:"Customer id."`
	NoPublished bool          `name:"no-published" help:"Leave out the messages about the customer on the output topics and the dead letters."`
	Records     int64         `help:"Most records that are read of each partition of an output topic, the newest." default:"1000000"`
	Within      time.Duration `help:"How long to read the output topics." default:"5m"`
	limitSettings
	kafkaSettings
	redisSettings
	registrySettings
}

// Help is printed by customer export --help.
func (*customerExportCommand) Help() string {
	return `Prints all that is held of a customer as JSON: the profile with its history, the public views, what waits to be published, and, unless --no-published is given, the messages about the customer on the output topics, with how far they were read. It is the answer to an access request.`
}

// Validate returns the mistakes in the flags.
func (c *customerExportCommand) Validate() error {
	if c.Records < 1 || c.Within <= 0 {
		return fmt.Errorf("--records and --within must be above zero")
	}
	return c.check()
}

// heldCustomer is all that is held of a customer, for people.
type heldCustomer struct {
	Customer  string         `json:"customer_id"`
	PrintedAt string         `json:"printed_at"`
	Notes     []string       `json:"notes"`
	ErasedAt  string         `json:"erased_at,omitempty"`
	Profile   *heldProfile   `json:"profile"`
	Views     map[string]any `json:"public_views"`
	Waiting   []heldMessage  `json:"waiting_to_be_published"`
	Published *heldPublished `json:"published,omitempty"`
}

// heldMessage is a message about the customer. Event is its record; Original are the bytes of a message that is no record of ours.
type heldMessage struct {
	Topic     string            `json:"topic"`
	Partition *int              `json:"partition,omitempty"`
	Offset    *int64            `json:"offset,omitempty"`
	At        string            `json:"recorded_at,omitempty"`
	Event     json.RawMessage   `json:"event,omitempty"`
	Headers   map[string]string `json:"headers,omitempty"`
	Original  []byte            `json:"original_base64,omitempty"`
	Note      string            `json:"note,omitempty"`
}

// notes say what the answer does not show.
var notes = []string{
	"Times are in UTC. Money is in major units with its currency. Days are days of the zone that Tidemark counts in.",
	"Ids of orders and events are kept as hashes, which cannot be turned back: they stand under names that end in _ref. Equal refs are equal ids.",
	"Orders and refunds are kept singly for two to three years, payments and feedback for a year, interactions for a week. Older ones are kept as the totals shown here.",
	"Texts of customers are not kept. Of an order's items, their number and the category with the most money are kept.",
	schemas.Links + " holds copies of the histories that merged ids have sent to each other, under the key of the id that receives them.",
	"The input topics hold the events that were sent about the customer. Who runs Kafka can read them by the customer id as the key.",
	"Dead letters are events that were refused. They are found by their key: a letter whose key is not the customer id is not among the messages.",
	"The customer also counts in totals over all customers, which hold no ids.",
}

// Run prints what is held.
func (c *customerExportCommand) Run(ctx context.Context, s streams) error {
	db, err := c.open()
	if err != nil {
		return err
	}
	defer db.close()
	codec, err := c.codec(ctx, c.MaxRecord)
	if err != nil {
		return err
	}
	printer := codec.Printer()
	held, err := db.held(ctx, c.ID, printer)
	if err != nil {
		return err
	}
	if err := db.noteOtherIDs(ctx, held); err != nil {
		return err
	}
	if !c.NoPublished {
		cluster, err := c.cluster()
		if err != nil {
			return err
		}
		defer cluster.Close()
		if held.Published, err = c.published(ctx, cluster, printer); err != nil {
			return fmt.Errorf("%w (--no-published leaves out the output topics)", err)
		}
	}
	switch {
	case !held.nothing():
	case held.ErasedAt != "":
		fmt.Fprintf(s.err, "nothing is held of %q: the customer was erased at %s\n", c.ID, held.ErasedAt)
	default:
		fmt.Fprintf(s.err, "nothing is held of %q: is the id spelled right?\n", c.ID)
	}
	return indent(s.out, held)
}

// nothing reports whether nothing is held.
func (h *heldCustomer) nothing() bool {
	return h.Profile == nil && len(h.Views) == 0 && len(h.Waiting) == 0 && (h.Published == nil || len(h.Published.Messages) == 0)
}

func indent(w io.Writer, what any) error {
	to := json.NewEncoder(w)
	to.SetEscapeHTML(false)
	to.SetIndent("", "  ")
	return to.Encode(what)
}

// held reads what Redis holds of a customer.
func (d *database) held(ctx context.Context, id string, printer *avro.Printer) (*heldCustomer, error) {
	held := &heldCustomer{Customer: id, PrintedAt: event.InstantOf(time.Now()).String(), Notes: notes, Views: map[string]any{}, Waiting: []heldMessage{}}
	if err := d.heldViews(ctx, id, held.Views); err != nil {
		return nil, err
	}
	store, layout, err := d.data(ctx)
	if err != nil {
		return nil, err
	}
	number := layout.Of(id)
	loaded, err := store.Load(ctx, []shard.Query{{Shard: number, Customers: []string{id}}})
	if err != nil {
		return nil, err
	}
	if raw := loaded[0].Profiles[0]; raw != nil {
		p, err := score.Decode(raw)
		if err != nil {
			return nil, fmt.Errorf("profile of %q: %w", id, err)
		}
		held.Profile = profileFor(&p, layout.Base)
	}
	if held.ErasedAt, err = erasedAt(ctx, store, id); err != nil {
		return nil, err
	}
	box, err := store.Outbox(ctx, number)
	if err != nil {
		return nil, err
	}
	for _, o := range box.Outputs {
		if string(o.Key) == id {
			held.Waiting = append(held.Waiting, messageOf(ctx, printer, o.Topic, o.Value))
		}
	}
	return held, nil
}

// erasedAt is the instant of the customer's last erasure by the tombstone; empty if there is none.
func erasedAt(ctx context.Context, store *redis.Store, id string) (string, error) {
	at, there, err := store.Erased(ctx, id)
	if err != nil || !there {
		return "", err
	}
	return at.String(), nil
}

func (d *database) heldViews(ctx context.Context, id string, into map[string]any) error {
	fields, err := d.Score(ctx, id)
	if err != nil {
		return err
	}
	if len(fields) > 0 {
		into[d.prefix+":score"] = fields
	}
	detail, err := d.Detail(ctx, id)
	if err != nil {
		return err
	}
	switch {
	case json.Valid(detail):
		into[d.prefix+":detail"] = json.RawMessage(detail)
	case len(detail) > 0:
		into[d.prefix+":detail"] = string(detail)
	}
	return nil
}

// messageOf prints a message of ours. A message that cannot be printed keeps its bytes.
func messageOf(ctx context.Context, printer *avro.Printer, topic string, value []byte) heldMessage {
	m := heldMessage{Topic: topic}
	if len(value) == 0 {
		m.Note = "no value: the last message of this key is to be removed"
		return m
	}
	line, err := printer.JSON(ctx, topic, value)
	if err != nil {
		m.Original, m.Note = value, err.Error()
		return m
	}
	m.Event = line
	return m
}
