package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/kafka"
	"tidemark/internal/shard"
	"tidemark/internal/terminal"
)

type customerForgetCommand struct {
	ID      string        `arg:"" help:"Customer id."`
	EventID string        `name:"event-id" help:"event_id of the ERASED. Without the flag it is random." placeholder:"ID"`
	Prove   bool          `help:"Publish nothing: only prove an erasure that was asked for before."`
	Within  time.Duration `help:"How long to wait until the service has applied the erasure, and Kafka has confirmed what is said of it." default:"2m"`
	Yes     bool          `help:"Do not ask on a terminal whether this is meant."`
	limitSettings
	groupSettings
	kafkaSettings
	redisSettings
	registrySettings
}

// Help is printed by customer forget --help.
func (*customerForgetCommand) Help() string {
	return `Publishes an ERASED of the customer to ` + string(event.Interactions) + `. Waits until the service has applied the ERASED: the service must run. Then proves the erasure: looks for the id in every key of --redis-prefix. The exit code is 0 only if the erasure is proved. An erasure cannot be undone.

If --within is over first, the ERASED stays in the log. The service applies the ERASED later. Then --prove proves the erasure.

Ids that are merged with this one mean the same customer, and are erased too. The command names them first, and proves their erasure as well. Other ids of the same person are not erased. After the erasure nothing tells which ids were merged: --prove proves one id.

An id of which nothing was held is erased too, and the command says so: perhaps the id is wrong.

The command also says what an erasure does not reach: records that the topics still keep, backups, subscribers.`
}

// Validate returns the mistakes in the flags.
func (c *customerForgetCommand) Validate() error {
	if c.Within <= 0 {
		return fmt.Errorf("--within must be above zero")
	}
	if c.Prove && c.EventID != "" {
		return fmt.Errorf("--prove publishes nothing: leave out --event-id")
	}
	return c.check()
}

var errNotProved = errors.New("the erasure is not proved")

// Run erases a customer, and proves it.
func (c *customerForgetCommand) Run(ctx context.Context, s streams) error {
	db, err := c.open()
	if err != nil {
		return err
	}
	defer db.close()
	store, layout, err := db.data(ctx)
	if err != nil {
		return err
	}
	cluster, err := c.clusterOf(c.groupSettings)
	if err != nil {
		return err
	}
	defer cluster.Close()
	p := proof{evidence: store, customer: c.ID, shard: layout.Of(c.ID), prefix: db.prefix}
	f := forgetting{proof: p}
	if f.others, err = otherIDs(ctx, profilesIn(store, layout), c.ID); err != nil {
		fmt.Fprintf(s.err, "which other ids mean this customer cannot be read: %v\n", err) // the erasure goes on: it needs no profile
	}
	f.print(s.err)
	if !c.Prove {
		if f.before, err = p.before(ctx); err != nil {
			return err
		}
		if f.before != "" {
			fmt.Fprintln(s.err, f.before)
		}
		if !c.Yes && terminal.Is(os.Stdin) && !confirmed(os.Stdin, s.err, c.ID) {
			return errors.New("nothing was erased")
		}
		if f.since, err = c.publish(ctx, s.out, cluster, layout); err != nil {
			return err
		}
	}
	f.shardOf = layout.Of
	return c.tell(ctx, s, cluster, f)
}

// confirmed asks for the id.
func confirmed(in io.Reader, out io.Writer, id string) bool {
	return typed(in, out, fmt.Sprintf("This erases all that is held of the customer %s. It cannot be undone. Type the id to go on: ", id), id)
}

// typed asks a question, and reports whether the answer is the one wanted.
func typed(in io.Reader, out io.Writer, question, wanted string) bool {
	fmt.Fprint(out, question)
	line, _ := bufio.NewReader(in).ReadString('\n')
	return strings.TrimRight(line, "\r\n") == wanted
}

// publish publishes an ERASED, and returns its record time.
func (c *customerForgetCommand) publish(ctx context.Context, w io.Writer, cluster *kafka.Cluster, layout shard.Layout) (event.Instant, error) {
	codec, err := c.codec(ctx, c.MaxRecord)
	if err != nil {
		return 0, err
	}
	erased := interactionNow(c.EventID, c.ID, event.Erased)
	return erased.RecordedAt, publishTo{cluster, codec, layout.Partitioner}.publish(ctx, w, erased)
}

// tell waits for the proof, and prints what is proved, what is not, and what the erasure does not reach. The last line says again what was
// held before, if it was nothing.
func (c *customerForgetCommand) tell(ctx context.Context, s streams, cluster *kafka.Cluster, f forgetting) error {
	w := s.out
	fmt.Fprintf(s.err, "waiting for the proof, for at most %s\n", c.Within)
	waiting, stop := context.WithTimeout(ctx, c.Within)
	defer stop()
	seen, err := f.await(waiting)
	if err != nil {
		return err
	}
	for _, one := range seen {
		one.print(w)
	}
	fine := proved(seen)
	if !seen[0].OK {
		finding{Name: "the service", Detail: notApplied(ctx, cluster, c.KafkaGroup), Remedy: c.next()}.print(w)
	}
	others, err := f.awaitOthers(waiting)
	if err != nil {
		return err
	}
	for _, one := range others {
		fine = one.print(w) && fine
	}
	if err := printBeyond(ctx, w, cluster, f.prefix, time.Now()); err != nil {
		return err
	}
	if !fine {
		return errNotProved
	}
	_, err = fmt.Fprintln(w, "\n"+f.verdict())
	return err
}

// next is the command that proves the erasure later.
func (c *customerForgetCommand) next() string {
	if c.Prove {
		return "--prove publishes nothing. If nobody has asked for the erasure: tidemark customer forget " + quoted(c.ID)
	}
	return "the service applies the ERASED when it comes to it in the log. Then: tidemark customer forget " + quoted(c.ID) + " --prove"
}

// quoted is an id as a shell takes it.
func quoted(id string) string { return "'" + strings.ReplaceAll(id, "'", `'\''`) + "'" }
