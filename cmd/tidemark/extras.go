//go:build !service

package main

// extras are the commands that the build of the release image leaves out, for what only they link.
type extras struct {
	Demo         demoCommand         `cmd:"" help:"See it work: embedded servers, a simulated shop, a year in a minute."`
	Bench        benchCommand        `cmd:"" help:"Measure the service on real servers: events a second, CPU, latency, memory."`
	Backtest     backtestCommand     `cmd:"" help:"Judge the models out of time on a log, beside what an analyst would do without them."`
	CrossSection crossSectionCommand `cmd:"" name:"crosssection" help:"Show what sets of columns tell of an outcome in a table of customers without dates."`
}
