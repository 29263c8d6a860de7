// Command tidemark scores customers as their events arrive, and notices what no event announces: silence.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"
	goredis "github.com/redis/go-redis/v9"
)

// cli is the one list of commands, flags and environment variables: every flag --some-flag is also TIDEMARK_SOME_FLAG. The help lists the
// commands in this order: the way of the service from its first start, then what needs no servers.
type cli struct {
	Topics     topicsCommand     `cmd:"" help:"Create or check the topics."`
	Import     importCommand     `cmd:"" help:"Publish a log to Kafka as events, in canonical order."`
	Run        runCommand        `cmd:"" help:"Run the service: join the consumer group and score."`
	Health     healthCommand     `cmd:"" help:"Ask a running service on this machine whether it is ready."`
	Doctor     doctorCommand     `cmd:"" help:"Check Kafka, Redis, topics, schemas and partitioner, and say how to mend them."`
	Rebuild    rebuildCommand    `cmd:"" help:"Make the state anew from the log, with other shards if need be, while the old state serves."`
	Customer   customerCommand   `cmd:"" help:"Show a customer, print all that is held of one, or erase one."`
	Model      modelCommand      `cmd:"" help:"Show, check or activate the model in force."`
	Replay     replayCommand     `cmd:"" help:"Score a log in this process, without servers, and write scores and transitions."`
	Fit        fitCommand        `cmd:"" help:"Fit the models of purchases and spend to a log or to the live histories."`
	Indicators indicatorsCommand `cmd:"" help:"Say what each number of a customer is, how it is computed, and where it is seen."`
	CLV        clvCommand        `cmd:"" name:"clv" help:"Estimate parameters of customer lifetime value from a survey or a panel."`
	extras
	Version versionCommand `cmd:"" help:"Print the version."`
}

// streams are where a command writes: its answer to out, its progress and remarks to err.
type streams struct {
	out, err io.Writer
}

// errFindings is the error of a check that failed. The findings have been printed already.
var errFindings = errors.New("some checks failed")

// gcPercent lets the heap grow to three times the live memory before a collection, unless GOGC says otherwise. Nearly all live memory
// is profiles that do not change, and a collection costs as much as it has to look through. GOMEMLIMIT bounds the heap as always.
const gcPercent = 200

func main() {
	// The first signal asks for a graceful end, the second one ends the process at once.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	os.Exit(run(ctx, os.Args[1:], streams{os.Stdout, os.Stderr}))
}

func run(ctx context.Context, args []string, s streams) int { return new(cli).run(ctx, args, s) }

// run parses the command line, runs one command until the command ends or ctx does, and returns the exit code: 0 for success, 1 for
// failure, 2 for a wrong command line. Tests call run in place of main.
func (c *cli) run(ctx context.Context, args []string, s streams) int {
	goredis.SetLogger(silent{}) // the library returns its errors too
	exit := -1
	parser, err := kong.New(c,
		kong.Name("tidemark"),
		kong.Description("Scores customers as their events arrive: RFM, lifetime value, churn risk and a value score in Redis, "+
			"tier changes and churn alerts on Kafka."),
		kong.DefaultEnvars("TIDEMARK"),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, Summary: true, WrapUpperBound: 100}),
		kong.Help(printHelp),
		kong.ValueFormatter(func(v *kong.Value) string { return v.Help }),
		kong.Groups{"kafka": "Kafka:", "redis": "Redis:", "registry": "Schema registry:"},
		kong.Writers(s.out, s.err),
		kong.Exit(func(n int) { exit = n }),
	)
	if err != nil {
		panic(err) // the struct above is wrong
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	parsed, err := parser.Parse(args)
	if exit >= 0 {
		return exit
	}
	if err != nil {
		fmt.Fprintf(s.err, "tidemark: %v\nTry: %s --help\n", err, commandOf(err))
		return 2
	}
	parsed.BindTo(ctx, (*context.Context)(nil))
	if err := parsed.Run(s); err != nil {
		if !errors.Is(err, errFindings) {
			fmt.Fprintf(s.err, "tidemark: %v\n", err)
			printAdvice(s.err, err)
		}
		return 1
	}
	return 0
}

// printHelp prints the help of the command in c. One line gives the rule for environment variables, so no flag names its own.
func printHelp(o kong.HelpOptions, c *kong.Context) error {
	if err := kong.DefaultHelpPrinter(o, c); err != nil {
		return err
	}
	_, err := fmt.Fprintln(c.Stdout, "\nEvery flag is also an environment variable: --log-level is TIDEMARK_LOG_LEVEL.")
	return err
}

// commandOf returns the command, such as "tidemark topics create", in whose flags or arguments err is.
func commandOf(err error) string {
	var parse *kong.ParseError
	if !errors.As(err, &parse) || parse.Context == nil || parse.Context.Selected() == nil {
		return "tidemark"
	}
	var names []string
	for node := parse.Context.Selected(); node != nil; node = node.Parent {
		if node.Type != kong.ArgumentNode {
			names = append([]string{node.Name}, names...)
		}
	}
	return strings.Join(names, " ")
}

// silent is a log that drops everything.
type silent struct{}

// Printf does nothing.
func (silent) Printf(context.Context, string, ...any) {}
