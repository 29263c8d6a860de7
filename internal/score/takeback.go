package score

// TakesBack reports whether the switch to e's model takes the last switch back: whether that switch replaced e's model, not longer than
// TakeBackWithin ago.
func (e *Engine) TakesBack() bool {
	replaced := e.previous
	return replaced != nil && replaced.replaces(e.model.Hash) && replaced.onTrial(e.effective)
}

// comesBack reports whether e takes back the last switch of a profile.
func (e *Engine) comesBack(before *Profile) bool {
	return e.TakesBack() && e.replaces(before.Model) && before.Former != nil && before.Former.Model == ShortHash(e.model.Hash)
}

// takeBack returns p with the labels, and their memory, of its Former: as if the model that e replaces had never been in force. It also
// returns the transitions that say so. They have cause MODEL, and correct what only that model had said. before is p under that model.
func (e *Engine) takeBack(before, p Profile) (Profile, []Transition) {
	f := before.Former
	former := e.unheard().carry(f.profile(&p, e.model.Hash), p.AsOf)
	v := e.evaluate(&p, p.AsOf)
	p.count(&v)
	var transitions []Transition
	second := before.Second.Open != former.Second.Open
	o := occasion{model: true, back: f.as(&former)}
	ahead := e.fallAhead(&p, &v, former.Standing, o)
	reacts := e.reacts(&p, &v, former.Standing.Tier, o)
	placing := e.place(&p, &v, former.Standing.Tier, former.Episode.Level)
	p.Segments = p.Segments.holding(placing.held)
	if before.Notice.turns(ahead, former.Standing.Tier == before.Standing.Tier, e.calendar) || former.Standing.Tier != before.Standing.Tier ||
		former.Episode.Level != before.Episode.Level || second || reacts.any() || placing.turns() {
		base := e.base(&before, &v, o)
		p, transitions = e.tell(&change{
			occasion: o, before: &before, p: &p, base: &base, v: &v,
			reactions: reacts, placing: placing, tier: former.Standing.Tier, level: former.Episode.Level,
			tierSince: former.Standing.Since, levelSince: former.Episode.Since, ahead: ahead,
		}, second, false)
	}
	p.restore(&before, &former)
	return p, transitions
}

// restore gives p the memory of its former labels. Ids stay those of what was published.
func (p *Profile) restore(before, former *Profile) {
	if id := former.Episode.ID; id != "" && id != unpublished && id != before.Episode.ID { // the episode had been ended, and goes on
		p.Muted = former.Muted
	}
	p.Standing.Tier, p.Standing.Since = former.Standing.Tier, former.Standing.Since
	p.Episode.Level, p.Episode.Since, p.Episode.RaisedAt = former.Episode.Level, former.Episode.Since, former.Episode.RaisedAt
	p.Second.Open, p.Second.Closed, p.Second.RaisedAt = former.Second.Open, former.Second.Closed, former.Second.RaisedAt
	if !p.Second.Open {
		p.Second.ID = ""
	}
	p.Lapse = former.Lapse
	if p.Lapse.EpisodeID != unpublished {
		return
	}
	// The former model alone would have raised the episode that lapsed. Where another episode was published meanwhile, a return is told
	// of that one; where none was, there is nothing to return from.
	switch {
	case before.Episode.ID != "":
		p.Lapse.EpisodeID = before.Episode.ID
	case before.Lapse.EpisodeID != "":
		p.Lapse.EpisodeID = before.Lapse.EpisodeID
	default:
		p.Lapse = Lapse{}
	}
}

// withdrawn returns an id if only the model that is taken back has said what the id names, else an empty id.
func (c *change) withdrawn(id string) string {
	if c.back == nil || id == "" {
		return ""
	}
	said := c.back.Heard
	switch {
	case id == c.before.Standing.LastID && said&HeardTier != 0,
		id == c.before.Episode.LastID && said&HeardLevel != 0,
		id == c.before.Second.ID && said&HeardWindow != 0:
		return id
	}
	return ""
}

// resumed returns the id of the alert by which the model that is taken back ended an episode that goes on under the former model; empty
// where there is no such alert.
func (c *change) resumed() string {
	if c.back == nil || c.back.Episode.ID == unpublished {
		return ""
	}
	return c.back.Ended
}

// began reports whether the open episode or window of a kind was begun by the model that is taken back.
func (f *Former) began(kind AlertKind) bool {
	switch {
	case f == nil:
		return false
	case kind == SecondOrderWindow:
		return f.Heard&HeardWindow != 0
	case kind == Churn:
		return f.Heard&HeardEpisode != 0
	}
	return false
}
