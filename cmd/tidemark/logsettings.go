package main

import (
	"errors"
	"fmt"
	"time"

	"tidemark/internal/dataset"
	"tidemark/internal/event"
	"tidemark/internal/model"
	"tidemark/internal/terminal"
)

// logSettings name the files of a log and their format.
type logSettings struct {
	Files  []string `arg:"" name:"file" help:"Files of the log. - is standard input; gzip is unpacked."`
	Format string   `required:"" enum:"cdnow,cdnow-sample,online-retail,olist,jsonl,csv" help:"Format of the log: cdnow, cdnow-sample, online-retail, olist, jsonl or csv." placeholder:"NAME"`
	Strict bool     `env:"TIDEMARK_STRICT_LINES" help:"Stop at the first line that is at fault. Without it such a line is left out, counted, and named with its reason."`
	csvSettings
}

// csvSettings say how the tables of --format csv are read.
type csvSettings struct {
	Map      orderColumns `help:"Columns of a table of orders: role=COLUMN, separated by commas. Without it the header must be a known one." placeholder:"ROLE=COLUMN"`
	Currency string       `help:"Currency of a table of orders without a column for it. Without it: the base currency of the model." placeholder:"CODE"`
	Decimal  decimals     `help:"Decimal mark of a table of orders: point or comma. Without it the table must tell." placeholder:"MARK"`
	Dates    dateOrder    `help:"Order of dates such as 01/02/2026: day-first or month-first. Without it the table must tell." placeholder:"ORDER"`
}

// csvHelp explains --format csv.
const csvHelp = `    csv            a table of orders with a header, as shops export it

--map names the columns of a csv: ` + dataset.MappingExample + `

The roles are customer, order, at, amount, currency, refund (all that was paid back of the order), refund_at, cancelled_at, status, revised_at (when the shop wrote this version of the order) and referrer (the customer who has recommended the shop). In place of amount, total is the total of the order on each of its lines, and line_amount the amount of a line, to be added up. Amounts are in major units. A date, and a time without an offset, is one of --zone. The headers of Shopify, of WooCommerce and of a simple table (customer, at, amount) are known.`

// orderColumns are the columns of a table of orders.
type orderColumns struct{ dataset.Mapping }

// UnmarshalText reads role=COLUMN pairs.
func (c *orderColumns) UnmarshalText(b []byte) (err error) {
	c.Mapping, err = dataset.ParseMapping(string(b))
	return err
}

type decimals struct{ dataset.Decimal }

// UnmarshalText reads point or comma.
func (d *decimals) UnmarshalText(b []byte) (err error) {
	d.Decimal, err = dataset.ParseDecimal(string(b))
	return err
}

type dateOrder struct{ dataset.DateOrder }

// UnmarshalText reads day-first or month-first.
func (d *dateOrder) UnmarshalText(b []byte) (err error) {
	d.DateOrder, err = dataset.ParseDateOrder(string(b))
	return err
}

// options returns how files are read. The model gives the oldest time, and the currency of a table if no flag does; its zone is that of
// dates, and of times without an offset.
func (l logSettings) options(m modelSettings) (dataset.Options, error) {
	o := dataset.Options{
		Mapping: l.Map.Mapping, Currency: event.Currency(l.Currency), Decimal: l.Decimal.Decimal, Dates: l.Dates.DateOrder, Strict: l.Strict,
	}
	raw, err := m.source()
	if err != nil {
		return o, err
	}
	base, err := model.Parse(raw)
	if err != nil {
		return o, err
	}
	o.Digits, o.CurrencyNamed = base.Digits, o.Currency != ""
	if o.Currency == "" {
		o.Currency = base.Base
	}
	if _, ok := o.DigitsOf(o.Currency); !ok {
		return o, fmt.Errorf("--currency %.8q is not an ISO 4217 code such as EUR, and the model file gives it no digits", l.Currency)
	}
	zone, err := time.LoadLocation(m.Zone)
	if err != nil {
		return o, fmt.Errorf("zone: %w", err)
	}
	o.Zone, o.Oldest = zone, event.NewCalendar(zone).Start(base.Oldest)
	return o, nil
}

// read reads the log. It shows progress on a terminal, and writes to s.err which lines it left out, and why.
func (l logSettings) read(s streams, m modelSettings) (dataset.Log, error) {
	format, err := dataset.ParseFormat(l.Format)
	if err != nil {
		return dataset.Log{}, err
	}
	if format != dataset.CSV && l.csvSettings.given() {
		return dataset.Log{}, errors.New("--map, --currency, --decimal and --dates go with --format csv")
	}
	options, err := l.options(m)
	if err != nil {
		return dataset.Log{}, err
	}
	shown := terminal.NewProgress(s.err, "reading")
	log, err := dataset.ReadWith(options, format, l.Files, func(read, total int64) { shown.Show(read, total, "bytes") })
	shown.End()
	if err != nil {
		return dataset.Log{}, err
	}
	for _, note := range log.Notes {
		fmt.Fprintln(s.err, note)
	}
	for _, r := range log.Rejected {
		fmt.Fprintf(s.err, "left out: %d %s, %s", r.Lines, counted(r.Reason), r.Reason)
		if len(r.Examples) > 0 {
			fmt.Fprintf(s.err, " (%s)", r.Examples[0])
		}
		fmt.Fprintln(s.err)
	}
	return log, nil
}

// counted is what a Rejection counts.
func counted(reason event.Reason) string {
	if reason == dataset.BadItem {
		return "items of orders that count without them"
	}
	return "lines"
}

func (c csvSettings) given() bool {
	return c.Map.Mapping != nil || c.Currency != "" || c.Decimal.Decimal != 0 || c.Dates.DateOrder != 0
}
