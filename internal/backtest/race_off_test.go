//go:build !race

package backtest_test

const racing = false
