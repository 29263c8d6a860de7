package segment

import (
	"errors"
	"fmt"
	"hash/fnv"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Comparison compares an entry of the catalogue. An entry that is not known of a customer is not compared: the comparison does not hold.
type Comparison struct {
	Entry string
	Op    Op
	// Value is what a number is compared with, in the unit of the entry: money in major units.
	Value float64
	// Margin keeps a customer from flapping: a comparison that holds goes on until the number is beyond the value by more than Margin, in the unit
	// of the entry. 0 is none.
	Margin float64
	// Words are what a word is compared with; one of them is enough.
	Words []string
}

// Op is how an entry is compared.
type Op uint8

// The ways to compare.
const (
	AtLeast Op = 1 + iota
	AtMost
	Above
	Below
	// Is compares words.
	Is
	// Known holds where the entry has a value.
	Known
)

var signs = [...]string{AtLeast: "at least", AtMost: "at most", Above: "above", Below: "below", Is: "is", Known: "is known"}

// OfNumbers reports whether the comparison is one of numbers.
func (c *Comparison) OfNumbers() bool { return c.Op >= AtLeast && c.Op <= Below }

func (c *Comparison) check() error {
	var errs []error
	switch {
	case c.Op < AtLeast || c.Op > Known:
		errs = append(errs, errors.New("compares by nothing: give at_least, at_most, above, below, is or known"))
	case c.Op == Is && (len(c.Words) == 0 || len(c.Words) > MaxWords || slices.Contains(c.Words, "")):
		errs = append(errs, fmt.Errorf("needs 1 to %d words, none of them empty", MaxWords))
	case c.Op != Is && len(c.Words) > 0:
		errs = append(errs, errors.New("compares a number with words"))
	}
	if !(c.Margin >= 0) || math.IsInf(c.Margin, 0) {
		errs = append(errs, fmt.Errorf("a margin of %v is no number from 0 on", c.Margin))
	}
	if c.Margin > 0 && !c.OfNumbers() {
		errs = append(errs, errors.New("only numbers have a margin"))
	}
	if c.Value-c.Value != 0 {
		errs = append(errs, fmt.Errorf("%v is not a finite number", c.Value))
	}
	return errors.Join(errs...)
}

// Holds reports whether the comparison holds for a number, given whether it held before. The number is rounded to millionths.
func (c *Comparison) Holds(x float64, held bool) bool {
	line := c.Line(held)
	switch c.Op {
	case AtLeast:
		return x >= line
	case AtMost:
		return x <= line
	case Above:
		return x > line
	case Below:
		return x < line
	case Is, Known:
	}
	return false
}

// Line is the number that decides, given whether the comparison held before, rounded to millionths.
func (c *Comparison) Line(held bool) float64 {
	if !held || c.Margin == 0 {
		return c.Value
	}
	margin := c.Margin
	if c.Op == AtLeast || c.Op == Above {
		margin = -margin
	}
	return math.RoundToEven((c.Value+margin)*1e6) / 1e6
}

// HoldsWord reports whether the comparison holds for a word.
func (c *Comparison) HoldsWord(word string) bool { return c.Op == Is && slices.Contains(c.Words, word) }

// String is the comparison in words. Comparisons of equal words are equal.
func (c *Comparison) String() string {
	switch {
	case c.Op == Known:
		return c.Entry + " is known"
	case c.Op == Is:
		return c.Entry + " is " + strings.Join(c.Words, " or ")
	case c.OfNumbers():
		text := c.Entry + " " + signs[c.Op] + " " + number(c.Value)
		if c.Margin > 0 {
			text += " (margin " + number(c.Margin) + ")"
		}
		return text
	}
	return c.Entry
}

func number(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

// Key stands for the comparison where it is stored that it holds.
func (c *Comparison) Key() uint32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(c.String())) // never fails
	return h.Sum32()
}
