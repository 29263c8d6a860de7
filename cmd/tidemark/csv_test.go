package main

import (
	"path/filepath"
	"strings"
	"testing"

	"tidemark/internal/model"
)

// TestTableEqualsJSON: the scores of a table of orders are those of the same orders as lines of JSON.
func TestTableEqualsJSON(t *testing.T) {
	table := file(t, `Name,Email,Financial Status,Currency,Total,Created at,Lineitem name,Cancelled at,Refunded Amount
#1,ann@x.com,paid,EUR,"1,234.50",2026-03-01 00:30:00 +0100,Cup,,10.00
#1,ann@x.com,,,,2026-03-01 00:30:00 +0100,Saucer,,
#2,bob@x.com,paid,EUR,12.00,2026-03-02 10:00:00 +0100,Cup,2026-03-03 08:00:00 +0100,0.00
#3,bob@x.com,paid,EUR,7.00,2026-03-04 10:00:00 +0100,Cup,,0.00
#4,bob@x.com,paid,EUR,7.00,yesterday,Cup,,0.00
`)
	lines := file(t, `{"topic":"customer.purchases.v1","event":{"event_id":"a","customer_id":"ann@x.com","order_id":"#1","occurred_at":"2026-02-28T23:30:00Z","kind":"ORDER","amount_minor":123450,"currency":"EUR"}}
{"topic":"customer.purchases.v1","event":{"event_id":"b","customer_id":"ann@x.com","order_id":"#1","occurred_at":"2026-02-28T23:30:00Z","kind":"REFUND","amount_minor":1000,"currency":"EUR"}}
{"topic":"customer.purchases.v1","event":{"event_id":"c","customer_id":"bob@x.com","order_id":"#2","occurred_at":"2026-03-02T09:00:00Z","kind":"ORDER","amount_minor":1200,"currency":"EUR"}}
{"topic":"customer.purchases.v1","event":{"event_id":"d","customer_id":"bob@x.com","order_id":"#2","occurred_at":"2026-03-03T07:00:00Z","kind":"CANCEL","amount_minor":0,"currency":"EUR"}}
{"topic":"customer.purchases.v1","event":{"event_id":"e","customer_id":"bob@x.com","order_id":"#3","occurred_at":"2026-03-04T09:00:00Z","kind":"ORDER","amount_minor":700,"currency":"EUR"}}
`)
	scores := func(args ...string) (string, answer) {
		out := filepath.Join(t.TempDir(), "scores.csv")
		got := tidemark(t, append(append([]string{"replay"}, args...), "--zone", "Europe/Berlin", "--as-of", "2026-06-01", "--scores", out)...)
		if got.code != 0 {
			t.Fatalf("replay %v: %s", args, got.err)
		}
		var rows []string
		for _, row := range csvRows(t, out) {
			rows = append(rows, strings.Join(row, ","))
		}
		return strings.Join(rows, "\n"), got
	}
	want, _ := scores(lines, "--format", "jsonl")
	got, said := scores(table, "--format", "csv")
	if got != want || !strings.Contains(want, "ann@x.com") {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for _, word := range []string{"a Shopify orders export", "customer=Email,order=Name,at='Created at',amount=Total", "left out: 1 lines, MALFORMED", ":6: ", "yesterday"} {
		if !strings.Contains(said.err, word) {
			t.Errorf("it says\n%s\nwant %q in it", said.err, word)
		}
	}
	if got, _ := scores(table, "--format", "csv", "--map", "customer=Email,order=Name,at=Created at,amount=Total,currency=Currency,refund=Refunded Amount,cancelled_at=Cancelled at"); got != want {
		t.Errorf("with --map: got\n%s\nwant\n%s", got, want)
	}
}

// TestTableInACurrencyOfTheModel: a table may be in a currency that only the model file knows, in a column of its own or for all rows. Where the
// file gives no digits, the order is left out, or the flag refused.
func TestTableInACurrencyOfTheModel(t *testing.T) {
	known := file(t, strings.Replace(string(model.Default()), "rates:\n", "digits: {BTC: 8}\nrates:\n  BTC: [{from: 2015-01-01, rate: 50000}]\n", 1))
	column := file(t, "customer,order,at,amount,currency\nann,1,2026-03-01,0.00012345,BTC\n")
	flag := file(t, "customer,order,at,amount\nann,1,2026-03-01,0.00012345\n")
	for _, row := range []struct {
		why  string
		args []string
		code int
		want string
	}{
		{"a column", []string{column, "--model", known}, 0, ",6.17,"},
		{"the flag", []string{flag, "--model", known, "--currency", "BTC"}, 0, ",6.17,"},
		{"a column, and a model that does not know the code", []string{column}, 1, "UNKNOWN_CURRENCY (" + column + `:2: amount: UNKNOWN_CURRENCY: "BTC" is not an ISO 4217 code, and the model file gives it no digits`},
		{"the flag, and a model that does not know the code", []string{flag, "--currency", "BTC"}, 1, `--currency "BTC" is not an ISO 4217 code such as EUR, and the model file gives it no digits`},
	} {
		t.Run(row.why, func(t *testing.T) {
			tidemark(t, append([]string{"replay", "--format", "csv", "--scores", "-"}, row.args...)...).says(t, row.code, row.want)
		})
	}
}

// TestNothingIsNotedThatAFlagHasSaid: what is assumed of a table is noted, what a flag has said is not.
func TestNothingIsNotedThatAFlagHasSaid(t *testing.T) {
	table := file(t, "customer,order,at,amount\nann,1,2026-03-01 10:00:00,5.00\n")
	const currency, zone = "the amounts are taken as", "are taken as times of"
	args := []string{"replay", table, "--format", "csv", "--scores", "-"}
	tidemark(t, args...).says(t, 0, currency, zone)
	said := tidemark(t, append(args, "--currency", "USD", "--zone", "Europe/Berlin")...)
	if said.code != 0 || strings.Contains(said.err, currency) || strings.Contains(said.err, zone) {
		t.Errorf("with both flags: it says\n%s\nwant no note of them", said.err)
	}
}

// TestLaterExportWins: of two tables that hold the same order, the later version counts, whichever table is read last.
func TestLaterExportWins(t *testing.T) {
	const header = "c,o,t,a,v\n"
	before := file(t, header+"ann,1,2026-03-01,50.00,2026-03-02\nbob,2,2026-03-01,10.00,\n")
	after := file(t, header+"ann,1,2026-03-01,20.00,2026-03-09\nbob,2,2026-03-01,10.00,\n")
	for _, files := range [][]string{{before, after}, {after, before}} {
		said := must(t, append([]string{
			"replay", "--format", "csv", "--map", "customer=c,order=o,at=t,amount=a,revised_at=v", "--currency", "USD",
			"--as-of", "2026-04-01", "--scores", "-",
		}, files...)...)
		if strings.Count(said, ",20.00,") == 0 || strings.Contains(said, ",50.00,") || strings.Contains(said, ",70.00,") {
			t.Errorf("%v: want ann's spend to be 20.00, got\n%s", files, said)
		}
	}
}

// TestScoresRunInNoSpreadsheet: an id that begins like a formula is defused in the scores file.
func TestScoresRunInNoSpreadsheet(t *testing.T) {
	log := file(t, `{"topic":"customer.purchases.v1","event":{"event_id":"a","customer_id":"=1+1","order_id":"1","occurred_at":"2026-03-01","kind":"ORDER","amount_minor":100,"currency":"EUR"}}`)
	out := filepath.Join(t.TempDir(), "scores.csv")
	must(t, "replay", log, "--format", "jsonl", "--scores", out)
	if got := csvRows(t, out)[1][0]; got != "'=1+1" {
		t.Errorf("the customer is %q in the scores file, want an apostrophe in front", got)
	}
}
