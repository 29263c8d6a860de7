//go:build service

package main

import (
	"fmt"

	"github.com/alecthomas/kong"
)

// extras take the place of the commands that this build leaves out. With any flags, each command fails and says how to get it.
type extras struct {
	Backtest     leftOut `cmd:"" passthrough:"" hidden:"" help:"Not in this build."`
	CrossSection leftOut `cmd:"" passthrough:"" hidden:"" name:"crosssection" help:"Not in this build."`
	Demo         leftOut `cmd:"" passthrough:"" hidden:"" help:"Not in this build."`
	Bench        leftOut `cmd:"" passthrough:"" hidden:"" help:"Not in this build."`
}

type leftOut struct {
	Args []string `arg:"" optional:""`
}

// Run returns an error that says how to build the command.
func (leftOut) Run(parsed *kong.Context) error {
	return fmt.Errorf("tidemark %s is not in this build, which serves only: `make build` makes the whole, or in the sources `go run ./cmd/tidemark %[1]s`",
		parsed.Selected().Name)
}
