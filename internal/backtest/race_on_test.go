//go:build race

package backtest_test

// racing says that the race detector makes everything ten times slower: then less of the data is gone through.
const racing = true
