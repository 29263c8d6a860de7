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
	p.Trail = former.Trail
	reacts := e.resumes(&before, &former, &v)
	if before.Notice.turns(ahead, former.Standing.Tier == before.Standing.Tier, e.calendar) || former.Standing.Tier != before.Standing.Tier ||
		former.Episode.Level != before.Episode.Level || second || reacts.any() {
		base := e.base(&before, &v, o)
		p, transitions = e.tell(&change{
			occasion: o, before: &before, p: &p, base: &base, v: &v,
			reactions: reacts, tier: former.Standing.Tier, level: former.Episode.Level,
			tierSince: former.Standing.Since, levelSince: former.Episode.Since, ahead: ahead,
		}, second, false)
	}
	p.restore(&before, &former)
	return p, transitions
}

// resumes returns the reactions by which subscribers hear of the episodes of a former profile in place of those before.
func (e *Engine) resumes(before, former *Profile, v *evaluation) reactions {
	r := reactions{drop: former.Drop.Told}
	if former.Unhappy.open() {
		r.unhappy = heeded(e.wrongs(former.Whole().Voices(), v.at), former.Unhappy.Told, false)
	}
	r.dropTurns, r.unhappyTurns = before.Drop.turns(r.drop), before.Unhappy.turns(r.unhappy)
	return r
}

// restore gives p the memory of its former labels. Ids stay those of what was published.
func (p *Profile) restore(before, former *Profile) {
	resumes := func(id, now string) bool { // whether an episode that was ended goes on
		return id != "" && id != unpublished && id != now
	}
	if resumes(former.Episode.ID, before.Episode.ID) {
		p.Muted = former.Muted
	}
	if resumes(former.Drop.ID, before.Drop.ID) {
		p.Drop.Muted = former.Drop.Muted
	}
	if resumes(former.Unhappy.ID, before.Unhappy.ID) {
		p.Unhappy.Muted = former.Unhappy.Muted
	}
	p.Drop.RaisedAt, p.Drop.Told = former.Drop.RaisedAt, former.Drop.Told
	p.Unhappy.RaisedAt, p.Unhappy.Told, p.Unhappy.Newest = former.Unhappy.RaisedAt, former.Unhappy.Told, former.Unhappy.Newest
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
		id == c.before.Second.ID && said&HeardWindow != 0,
		id == c.before.Drop.LastID && said&HeardDrop != 0,
		id == c.before.Unhappy.LastID && said&HeardUnhappy != 0:
		return id
	}
	return ""
}

// resumed returns the id of the alert by which the model that is taken back ended an episode of a kind that goes on under the former model; empty
// where there is no such alert.
func (c *change) resumed(kind AlertKind) string {
	if c.back == nil {
		return ""
	}
	id, ended := c.back.Episode.ID, c.back.Ended
	switch kind {
	case ValueDrop:
		id, ended = c.back.Drop.ID, c.back.EndedDrop
	case FeedbackAlert:
		id, ended = c.back.Unhappy.ID, c.back.EndedUnhappy
	case Churn, SecondOrderWindow, UnknownAlert:
	}
	if id == unpublished {
		return ""
	}
	return ended
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
	case kind == ValueDrop:
		return f.Heard&HeardDropEpisode != 0
	case kind == FeedbackAlert:
		return f.Heard&HeardUnhappyEpisode != 0
	}
	return false
}
