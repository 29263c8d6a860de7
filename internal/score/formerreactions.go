package score

import "encoding/binary"

// The reactions of a Former are written as the episodes, the ids by which the model in force ended them, and the trail: its newest month, as the
// distance back from that of the profile's trail; how many of its first samples the profile's trail has too; and the others. A profile of a model that
// tells of nothing besides writes nothing.

func (f *Former) appendReactions(b []byte, own *Trail) []byte {
	if f == nil || f.Drop == (DropEpisode{}) && f.Unhappy == (UnhappyEpisode{}) && f.EndedDrop == "" && f.EndedUnhappy == "" && len(f.Trail.Samples) == 0 {
		return b
	}
	b = appendEpisodes(b, &f.Drop, &f.Unhappy, f.AsOf)
	b = appendID(appendID(b, f.EndedDrop), f.EndedUnhappy)
	if len(f.Trail.Samples) == 0 {
		return b
	}
	first, shared := f.Trail.Month-len(f.Trail.Samples)+1, 0
	for shared < len(f.Trail.Samples) && f.Trail.Samples[shared] == own.of(first+shared) {
		shared++
	}
	b = binary.AppendVarint(b, int64(own.Month-f.Trail.Month))
	b = binary.AppendUvarint(b, uint64(shared))
	return appendSamples(b, f.Trail.Samples[shared:])
}

// readReactions reads what appendReactions wrote. Without a Former, which an older version may have forgotten, nothing is read.
func (f *Former) readReactions(from *fields, own *Trail) {
	if f == nil {
		from.b = nil
		return
	}
	from.episodes(&f.Drop, &f.Unhappy, f.AsOf)
	f.EndedDrop, f.EndedUnhappy = from.id(), from.id()
	if len(from.b) == 0 || from.failed {
		return
	}
	f.Trail.Month = own.Month - int(from.varint())
	shared := int(from.uvarint(MaxTrail))
	rest := from.samples(make([]Sample, shared))
	for i := range rest[:shared] {
		rest[i] = own.of(f.Trail.Month - len(rest) + 1 + i)
	}
	f.Trail.Samples = rest
}
