package history

// uniteTouches unites the interactions of the newest days, and adds up the counts of the days before.
func (u *union) uniteTouches() {
	u.touches = unite(u.parts, (*part).touchesOfUnion, u.greaterTouch, nil)
	u.days, _ = merged(u.parts, (*part).daysOfUnion, func(a, b *touchDay) int { return compareTouchDays(*a, *b) }, (*touchDay).add)
}

// touchesOfUnion are the interactions of p by the union's references.
func (p *part) touchesOfUnion() []touch {
	if !p.renamedChannels {
		return p.touches
	}
	touches := make([]touch, len(p.touches))
	for i, t := range p.touches {
		t.channel = p.channel[t.channel]
		touches[i] = t
	}
	return touches
}

// daysOfUnion are the days of p by the union's references.
func (p *part) daysOfUnion() []touchDay {
	if !p.renamedChannels {
		return p.days
	}
	days := make([]touchDay, len(p.days))
	for i, d := range p.days {
		d.channels = 0
		for c := range p.channels {
			if p.days[i].channels>>c&1 != 0 {
				d.channels |= 1 << (p.channel[c+1] - 1)
			}
		}
		days[i] = d
	}
	return days
}

func (d *touchDay) add(e *touchDay) {
	d.n += e.n
	d.weight += e.weight
	d.channels |= e.channels
}
