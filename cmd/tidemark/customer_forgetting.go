package main

import (
	"context"
	"fmt"
	"io"
	"strings"
)

// forgetting is an erasure of a customer under all ids that mean the customer.
type forgetting struct {
	// proof is that of the id that was asked for.
	proof
	// others are the other ids of the customer, as they were before the erasure.
	others []string
	// before says that nothing was held before the erasure; empty if something was.
	before  string
	shardOf func(id string) int
}

// print says which other ids go too, if there are any.
func (f forgetting) print(w io.Writer) {
	if len(f.others) == 0 {
		return
	}
	fmt.Fprintf(w, "%s is merged with %s: %s. An erasure of one id erases all of them\n",
		f.customer, numbered(len(f.others), "other id"), strings.Join(f.others, ", "))
}

// awaitOthers waits for the proof of each of the other ids, and sums each up in one finding.
func (f forgetting) awaitOthers(ctx context.Context) ([]finding, error) {
	var all []finding
	for _, id := range f.others {
		p := f.proof
		p.customer, p.shard = id, f.shardOf(id)
		seen, err := p.await(ctx)
		if err != nil {
			return nil, err
		}
		all = append(all, p.sumUp(seen))
	}
	return all, nil
}

// sumUp makes one finding of the proof of an id.
func (p proof) sumUp(seen []finding) finding {
	f := finding{Name: "other id", OK: proved(seen)}
	if f.OK {
		f.Detail = fmt.Sprintf("%s: erased too, and no key holds the id", p.customer)
		return f
	}
	var wrong []string
	for _, one := range seen {
		if !one.OK {
			wrong = append(wrong, one.Name+": "+one.Detail)
		}
	}
	f.Detail = p.customer + ": not erased, or not yet; " + strings.Join(wrong, "; ")
	f.Remedy = "the erasure goes from id to id within seconds, while the service runs: tidemark customer forget " + quoted(p.customer) +
		" --prove. If somebody has unmerged the id meanwhile, it is a customer of its own, to be erased by itself"
	return f
}

// verdict is the last line of a proof.
func (f forgetting) verdict() string {
	line := "the erasure is proved"
	if len(f.others) > 0 {
		line += fmt.Sprintf(", for %s and %s: %s", f.customer, numbered(len(f.others), "other id"), strings.Join(f.others, ", "))
	}
	if f.before != "" {
		line += "; but " + f.before
	}
	return line
}
