package clv

// Chain is the Markov chain of Pfeifer and Carraway (2000), Modeling customer relationships as Markov chains, Journal of Interactive Marketing
// 14. State i holds who last bought i periods ago, counted from 0. A customer buys within the next period with the probability of the state, and
// is in state 0 then. Who leaves the last state without a purchase is lost: that is one state more, which nobody leaves.
type Chain struct {
	// Rates are the probabilities of a purchase, by state.
	Rates []float64
	// Reward comes with a purchase: it is the reward of state 0. Cost is paid in every period for a customer who is not lost.
	Reward, Cost float64
	// Discount is the discount rate of a period.
	Discount float64
}

// Rewards are the rewards of the states, the lost state last: Reward − Cost, −Cost, …, −Cost, 0.
func (c Chain) Rewards() []float64 {
	all := make([]float64, len(c.Rates)+1)
	for i := range c.Rates {
		all[i] = -c.Cost
	}
	if len(c.Rates) > 0 {
		all[0] += c.Reward
	}
	return all
}

// Step is the distribution over the states, the lost state last, one period after a distribution.
func (c Chain) Step(from []float64) []float64 {
	next := make([]float64, len(c.Rates)+1)
	for i, p := range c.Rates {
		next[0] += from[i] * p
		next[i+1] += from[i] * (1 - p)
	}
	next[len(c.Rates)] += from[len(c.Rates)]
	return next
}

// Within are the values of the states over so many periods after the one that has begun: V_T = Σ_{t=0..T} (P/(1+d))^t·R.
func (c Chain) Within(periods int) []float64 {
	rewards := c.Rewards()
	values := rewards
	for range periods {
		values = c.ahead(values, rewards)
	}
	return values
}

// ahead is R + P·values/(1+d).
func (c Chain) ahead(values, rewards []float64) []float64 {
	next := make([]float64, len(rewards))
	for i, p := range c.Rates {
		next[i] = rewards[i] + (p*values[0]+(1-p)*values[i+1])/(1+c.Discount)
	}
	return next
}

// Values are the values of the states without an end: V = (I − P/(1+d))^(−1)·R. In state 0 the discounted chance to come back must be below 1.
func (c Chain) Values() []float64 {
	rewards, after := c.Rewards(), 1/(1+c.Discount)
	// V_i = a + b·V_0: from the lost state, which is worth nothing, back to the first.
	n := len(c.Rates)
	a, b := make([]float64, n+1), make([]float64, n+1)
	for i := n - 1; i >= 0; i-- {
		p := c.Rates[i]
		a[i] = rewards[i] + (1-p)*after*a[i+1]
		b[i] = after * (p + (1-p)*b[i+1])
	}
	values := make([]float64, n+1)
	for i := range c.Rates {
		values[i] = a[i] + b[i]*a[0]/(1-b[0])
	}
	return values
}
