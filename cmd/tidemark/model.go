package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/model"
	"tidemark/internal/redis"
	"tidemark/internal/score"
	"tidemark/internal/service"
)

type modelCommand struct {
	Show     modelShowCommand     `cmd:"" help:"Print the model in force, the one that comes with Tidemark, or a file, with its season and its regular customers."`
	Check    modelCheckCommand    `cmd:"" help:"Say what is wrong with a model file."`
	Activate modelActivateCommand `cmd:"" help:"Put a model file into force."`
}

type modelShowCommand struct {
	File    string `arg:"" optional:"" type:"existingfile" help:"Model file. Without it: the model in force."`
	Default bool   `help:"Print the model that comes with Tidemark, without asking a server."`
	redisSettings
}

// Run prints the source of the model in force, or of the default model.
func (c *modelShowCommand) Run(ctx context.Context, s streams) error {
	if c.Default {
		_, err := s.out.Write(model.Default())
		return err
	}
	if c.File != "" {
		_, raw, err := readModel(c.File)
		if err != nil {
			return err
		}
		return showModel(s, raw)
	}
	db, err := c.open()
	if err != nil {
		return err
	}
	defer db.close()
	m, ok, err := db.Model(ctx)
	if err != nil {
		return err
	}
	if !ok {
		return errors.New("no model is in force yet: the first `tidemark run` activates one (see model show --default)")
	}
	now := event.InstantOf(time.Now())
	current := m.At(now)
	from := "the first start"
	if current.EffectiveAt != 0 {
		from = current.EffectiveAt.String()
	}
	fmt.Fprintf(s.err, "# hash %s, in force from %s\n", current.Hash, from)
	if m.Announced(now) {
		fmt.Fprintf(s.err, "# until %s, when the model with hash %s comes into force\n", m.EffectiveAt, m.Hash)
	}
	return showModel(s, current.Source)
}

// showModel prints the source of a model, draws what it says of the year and of regular customers, and says how long it waits for a customer.
func showModel(s streams, source []byte) error {
	if err := errors.Join(drawSeason(s.err, source, "# season  "), drawRegular(s.err, source, "# regular "), printRhythm(s.err, source, "# waits   "), printValuing(s.err, source, "# methods ")); err != nil {
		return err
	}
	_, err := s.out.Write(source)
	return err
}

type modelCheckCommand struct {
	File        string  `arg:"" type:"existingfile" help:"Model file."`
	AgainstLive bool    `help:"Also say what the activation of the model would change for the live customers."`
	EffectiveAt instant `help:"With --against-live: the instant of the switch. Without it: a few seconds from now." placeholder:"TIME"`
	JSON        bool    `help:"With --against-live: print JSON instead of tables."`
	redisSettings
}

// Run checks the file, and prints the version, the hashes and the currency of its model. With --against-live it goes on with the live
// customers.
func (c *modelCheckCommand) Run(ctx context.Context, s streams) error {
	m, raw, err := readModel(c.File)
	if err != nil {
		return err
	}
	to := s.out
	if c.JSON {
		to = s.err
	}
	if _, err := fmt.Fprintf(to, "model %s is in order: hash %s, scorecard %s, money in %s\n", m.Version, m.Hash, m.ScorecardHash, m.Base); err != nil {
		return err
	}
	if err := errors.Join(drawSeason(to, raw, "season  "), drawRegular(to, raw, "regular "), printRhythm(to, raw, "waits   "), printValuing(to, raw, "methods "), warnOf(raw, s.err)); err != nil {
		return err
	}
	if err := printLinesOf(to, raw, &m); err != nil {
		return err
	}
	if !c.AgainstLive {
		return nil
	}
	return c.againstLive(ctx, s, m, raw)
}

type modelActivateCommand struct {
	File        string  `arg:"" type:"existingfile" help:"Model file."`
	EffectiveAt instant `help:"Date or RFC 3339 time from which the model is in force. Without it: a few seconds from now." placeholder:"TIME"`
	redisSettings
}

// Help is printed by model activate --help.
func (*modelActivateCommand) Help() string {
	return `The model comes into force for all instances at one instant. Every customer is reviewed then; changes that follow say cause MODEL.

Until that instant the model is only announced: another activation replaces the announcement, and an activation of the model in force withdraws it.`
}

// Run checks the file and activates its model.
func (c *modelActivateCommand) Run(ctx context.Context, s streams) error {
	m, raw, err := readModel(c.File)
	if err != nil {
		return err
	}
	if err := warnOf(raw, s.err); err != nil {
		return err
	}
	db, err := c.open()
	if err != nil {
		return err
	}
	defer db.close()
	layout, _, err := db.Layout(ctx)
	if err != nil {
		return err
	}
	if layout.Shards > 0 && layout.Base != m.Base {
		return fmt.Errorf("the data is in %s, the model in %s: histories cannot change their currency", layout.Base, m.Base)
	}
	before, switches, err := beforeSwitch(ctx, db)
	if err != nil {
		return err
	}
	now, err := db.Now(ctx)
	if err != nil {
		return err
	}
	effective := event.Instant(c.EffectiveAt)
	if effective == 0 && switches { // the first model is in force from the beginning
		effective = now.Add(service.ModelNotice)
	}
	if err := db.ActivateModel(ctx, raw, m.Hash, effective); err != nil {
		return err
	}
	if before.Announced(now) && before.Hash != m.Hash {
		fmt.Fprintf(s.out, "model %s, announced from %s, is withdrawn\n", before.Hash, before.EffectiveAt)
	}
	if current := before.At(now); switches && current.Hash == m.Hash && current.EffectiveAt <= now && effective > now {
		_, err = fmt.Fprintf(s.out, "model %s (%s) is in force already, from %s, and stays so\n", m.Version, m.Hash, since(current.EffectiveAt))
		return err
	}
	_, err = fmt.Fprintf(s.out, "model %s (%s) is in force from %s; each customer is looked at anew then\n", m.Version, m.Hash, since(effective))
	return err
}

// beforeSwitch returns the models in Redis. If an announced model comes into force within service.ModelNotice, beforeSwitch first waits
// until it has: a withdrawal so late would not reach every instance in time.
func beforeSwitch(ctx context.Context, db *database) (redis.InForce, bool, error) {
	m, ok, err := db.Model(ctx)
	if err != nil {
		return m, ok, err
	}
	now, err := db.Now(ctx)
	if err != nil || !m.Announced(now) || m.EffectiveAt.Sub(now) > service.ModelNotice {
		return m, ok, err
	}
	soon := time.NewTimer(m.EffectiveAt.Sub(now))
	defer soon.Stop()
	select {
	case <-ctx.Done():
		return m, ok, context.Cause(ctx)
	case <-soon.C:
	}
	return db.Model(ctx)
}

// since returns in words the instant from which a model is in force.
func since(at event.Instant) string {
	if at == 0 {
		return "the beginning"
	}
	return at.String()
}

func readModel(file string) (score.Model, []byte, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return score.Model{}, nil, err
	}
	m, err := model.Parse(raw)
	if err != nil {
		err = fmt.Errorf("%s: %w", file, err)
	}
	return m, raw, err
}
