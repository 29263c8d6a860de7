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

// cli is the one list of commands, flags and environment variables: every flag --some-flag is also TIDEMARK_SOME_FLAG.
type cli struct {
	Run runCommand `cmd:"" help:"Run the service: join the consumer group and score."`
	extras
	Replay   replayCommand   `cmd:"" help:"Score a log in this process, without servers, and write scores and transitions."`
	Fit      fitCommand      `cmd:"" help:"Fit the models of purchases and spend to a log or to the live histories."`
	Import   importCommand   `cmd:"" help:"Publish a log to Kafka as events, in canonical order."`
	Topics   topicsCommand   `cmd:"" help:"Create or check the topics."`
	Customer customerCommand `cmd:"" help:"Look at one customer's live score."`
	Doctor   doctorCommand   `cmd:"" help:"Check Kafka, Redis, topics, schemas and partitioner, and say how to mend them."`
	Health   healthCommand   `cmd:"" help:"Ask a running service on this machine whether it is ready."`
	Model    modelCommand    `cmd:"" help:"Show, check or activate the model in force."`
	Version  versionCommand  `cmd:"" help:"Print the version."`
}

// streams are where a command writes: its answer, and what it says meanwhile.
type streams struct {
	out, err io.Writer
}

// errFindings is the error of a check that found something: it has been printed already.
var errFindings = errors.New("some checks failed")

// gcPercent lets the heap grow to three times what is alive before it is collected, unless GOGC says otherwise: nearly all of
// it are profiles that only lie there, and looking through them is what collecting costs. GOMEMLIMIT bounds it as always.
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

// run is main without the process: it parses, runs one command until ctx asks for its end, and returns the exit code, 0 for
// success, 1 for failure, 2 for a command line that makes no sense.
func (c *cli) run(ctx context.Context, args []string, s streams) int {
	goredis.SetLogger(silent{}) // its errors come back to the caller as well
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
		}
		return 1
	}
	return 0
}

// printHelp prints the help of the command line at hand. The variables are named by one rule, not flag by flag.
func printHelp(o kong.HelpOptions, c *kong.Context) error {
	if err := kong.DefaultHelpPrinter(o, c); err != nil {
		return err
	}
	_, err := fmt.Fprintln(c.Stdout, "\nEvery flag is also an environment variable: --log-level is TIDEMARK_LOG_LEVEL.")
	return err
}

// commandOf is the command line, without flags, that err is about.
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

// silent is the log of a library that returns its errors too.
type silent struct{}

// Printf drops what it is given.
func (silent) Printf(context.Context, string, ...any) {}
