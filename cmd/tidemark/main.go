// Command tidemark scores customers as their events arrive, and notices what no event announces: silence.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// cli is the one list of commands, flags and environment variables: every flag --some-flag is also TIDEMARK_SOME_FLAG.
type cli struct {
	Run      runCommand      `cmd:"" help:"Run the service: join the consumer group and score."`
	Demo     demoCommand     `cmd:"" help:"See it work: embedded Kafka and Redis, a simulated shop, a year in a minute."`
	Replay   replayCommand   `cmd:"" help:"Score a log in this process, without servers, and write scores and transitions."`
	Import   importCommand   `cmd:"" help:"Publish a log to Kafka as events, in canonical order."`
	Topics   topicsCommand   `cmd:"" help:"Create or check the topics."`
	Customer customerCommand `cmd:"" help:"Look at one customer's live score."`
	Doctor   doctorCommand   `cmd:"" help:"Check Kafka, Redis, topics, schemas and partitioner, and say how to mend them."`
	Model    modelCommand    `cmd:"" help:"Show, check or activate the model in force."`
	Version  versionCommand  `cmd:"" help:"Print the version."`
}

// streams are where a command writes: its answer, and what it says meanwhile.
type streams struct {
	out, err io.Writer
}

// errFindings is the error of a check that found something: it has been printed already.
var errFindings = errors.New("some checks failed")

func main() { os.Exit(run(os.Args[1:], streams{os.Stdout, os.Stderr})) }

// run is main without the process: it parses, runs one command and returns the exit code, 0 for success, 1 for failure, 2 for
// a command line that makes no sense.
func run(args []string, s streams) (code int) {
	var c cli
	exit := -1
	parser, err := kong.New(&c,
		kong.Name("tidemark"),
		kong.Description("Scores customers as their events arrive: RFM, lifetime value, churn risk and a value score in Redis,\n"+
			"tier changes and churn alerts on Kafka. Every flag is also an environment variable, TIDEMARK_ and its name."),
		kong.DefaultEnvars("TIDEMARK"),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, Summary: true, WrapUpperBound: 110}),
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
		fmt.Fprintf(s.err, "tidemark: %v\nTry: tidemark --help\n", err)
		return 2
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	parsed.BindTo(ctx, (*context.Context)(nil))
	if err := parsed.Run(s); err != nil {
		if !errors.Is(err, errFindings) {
			fmt.Fprintf(s.err, "tidemark: %v\n", err)
		}
		return 1
	}
	return 0
}
