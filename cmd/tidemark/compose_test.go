package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"
	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
)

// TestComposeSettingsExist parses the command lines of docker-compose.yml with their environment variables. It finds misspelt variables,
// which the command itself would ignore.
func TestComposeSettingsExist(t *testing.T) {
	project, err := loader.LoadWithContext(t.Context(), types.ConfigDetails{
		WorkingDir: "../..", ConfigFiles: []types.ConfigFile{{Filename: "../../docker-compose.yml"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	ours := 0
	for name, service := range project.Services {
		if service.Build == nil {
			continue
		}
		ours++
		t.Run(name, func(t *testing.T) {
			for variable, value := range service.Environment {
				t.Setenv(variable, *value)
			}
			given, flags := parse(t, service.Command)
			for variable := range service.Environment {
				if !slices.Contains(flags, variable) {
					t.Errorf("%s is no setting of %q; it has %v", variable, service.Command, flags)
				}
			}
			if service.Restart == "no" {
				return
			}
			if drain, patience := given.Run.DrainWithin, time.Duration(*service.StopGracePeriod); patience < drain+5*time.Second {
				t.Errorf("it is killed %v after it was asked to stop, and takes up to %v to drain", patience, drain)
			}
			if !strings.HasPrefix(given.Run.Admin, ":") {
				t.Errorf("its --admin is %s, want one that other containers reach", given.Run.Admin)
			}
			asked, _ := parse(t, service.HealthCheck.Test[2:]) // after CMD and the program
			if asked.Health.Admin != given.Run.Admin {
				t.Errorf("the health check asks %s, the service listens on %s", asked.Health.Admin, given.Run.Admin)
			}
			if within := time.Duration(*service.HealthCheck.Timeout); within <= healthWithin {
				t.Errorf("the health check is given %v, and takes up to %v", within, healthWithin)
			}
		})
	}
	if ours != 2 {
		t.Errorf("%d services of ours, want 2", ours)
	}
}

// parse returns the parsed command line, and the variables that its flags read.
func parse(t *testing.T, args []string) (c cli, variables []string) {
	t.Helper()
	parser, err := kong.New(&c, kong.DefaultEnvars("TIDEMARK"))
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		t.Fatalf("tidemark %q: %v", args, err)
	}
	for _, flag := range parsed.Flags() {
		variables = append(variables, flag.Envs...)
	}
	return c, variables
}
