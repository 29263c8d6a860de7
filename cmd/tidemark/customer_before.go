package main

import (
	"context"
	"fmt"
)

// before says what is held before an erasure, if that is nothing: the id may be wrong. It is empty if something is held. It is no error that
// nothing is held: the topics may hold events that the service has not read yet.
func (p proof) before(ctx context.Context) (string, error) {
	for _, check := range [...]func(context.Context) (finding, error){p.profile, p.views, p.outputs} {
		if f, err := check(ctx); err != nil || !f.OK {
			return "", err
		}
	}
	at, there, err := p.Erased(ctx, p.customer)
	switch {
	case err != nil:
		return "", err
	case there:
		return fmt.Sprintf("nothing was held of %q: the customer had been erased at %s already", p.customer, at), nil
	}
	return fmt.Sprintf("nothing was held of %q: is the id spelled right?", p.customer), nil
}
