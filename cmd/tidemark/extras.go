//go:build !service

package main

// extras are the commands that the release image leaves out, to leave out the libraries that only these commands need.
type extras struct {
	Backtest     backtestCommand     `cmd:"" help:"Judge forecasts of the models by what came later in a log, beside simple rivals."`
	CrossSection crossSectionCommand `cmd:"" name:"crosssection" help:"Show how well sets of columns forecast an outcome in a table of customers."`
	Demo         demoCommand         `cmd:"" help:"Play a simulated shop on embedded servers: a year in a minute."`
	Bench        benchCommand        `cmd:"" help:"Measure events per second, CPU, latency and memory of the service on real servers."`
}
