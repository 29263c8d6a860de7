package score

import (
	"unsafe" // for sizes only

	"tidemark/internal/history"
)

const (
	profileBytes    = int(unsafe.Sizeof(Profile{}))
	noticeBytes     = int(unsafe.Sizeof(Notice{}))
	outcomeBytes    = int(unsafe.Sizeof(Outcome{}))
	segmentsBytes   = int(unsafe.Sizeof(Segments{}))
	membershipBytes = int(unsafe.Sizeof(Membership{}))
	takenBytes      = int(unsafe.Sizeof(Taken{}))
	linksBytes      = int(unsafe.Sizeof(links{}))
	summaryBytes    = int(unsafe.Sizeof(history.Summary{}))
	sampleBytes     = int(unsafe.Sizeof(Sample{}))
	stringBytes     = int(unsafe.Sizeof(""))
	sliceBytes      = int(unsafe.Sizeof([]byte(nil)))
)

// Footprint estimates the bytes of heap that p keeps alive, p included. It lies within 30 % of what a heap of many such profiles
// measures. The name of the model is left out: profiles share it.
func (p *Profile) Footprint() int {
	return profileBytes + p.History.Footprint() + len(p.Customer) + len(p.Standing.LastID) + len(p.Episode.ID) + len(p.Episode.LastID) +
		len(p.Second.ID) + len(p.Update.ID) + len(p.Lapse.EpisodeID) + len(p.Outreach.ID) + len(p.Outcomes)*outcomeBytes + len(p.rest) + p.linksFootprint() + p.Taken.footprint() + p.Notice.footprint() + p.Segments.footprint() +
		cap(p.Trail.Samples)*sampleBytes + len(p.Drop.ID) + len(p.Drop.LastID) + len(p.Unhappy.ID) + len(p.Unhappy.LastID)
}

func (n *Notice) footprint() int {
	if n == nil {
		return 0
	}
	return noticeBytes + len(n.ID) + len(n.LastID)
}
