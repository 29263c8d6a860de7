package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"tidemark/internal/score"
)

// forgetSettings say when prospects are forgotten.
type forgetSettings struct {
	ForgetProspects days `help:"Forget a customer who never bought, and who has not come for so many days, such as 400d, at least 90d. A customer with a consent, an attribute or a link to another customer stays. 0 forgets nobody. Give every instance, and replay, the same." default:"0" placeholder:"DAYS"`
}

// days is a number of days in a flag: 400d, or 0.
type days int

// UnmarshalText reads 400d, or 0 for none.
func (d *days) UnmarshalText(b []byte) error {
	text := strings.TrimSuffix(string(b), "d")
	n, err := strconv.Atoi(text)
	least := int(score.LeastForget / (24 * time.Hour))
	if err != nil || n != 0 && (n < least || n > 36500 || text == string(b)) {
		return fmt.Errorf("%q is neither 0 nor a number of days from %dd to 36500d, such as 400d", b, least)
	}
	*d = days(n)
	return nil
}

func (d days) silence() time.Duration { return time.Duration(d) * 24 * time.Hour }
