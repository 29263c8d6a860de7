package history

import "unsafe" // for sizes only

// The bytes of one fact of each sort in memory.
const (
	orderBytes     = int(unsafe.Sizeof(order{}))
	revisionBytes  = int(unsafe.Sizeof(revision{}))
	momentBytes    = int(unsafe.Sizeof(moment{}))
	linkBytes      = int(unsafe.Sizeof(uint16(0)))
	refundBytes    = int(unsafe.Sizeof(refund{}))
	paymentBytes   = int(unsafe.Sizeof(payment{}))
	feedbackBytes  = int(unsafe.Sizeof(feedback{}))
	touchBytes     = int(unsafe.Sizeof(touch{}))
	touchDayBytes  = int(unsafe.Sizeof(touchDay{}))
	pastBytes      = int(unsafe.Sizeof(past{}))
	keptBytes      = int(unsafe.Sizeof(kept{}))
	costDayBytes   = int(unsafe.Sizeof(costDay{}))
	categoryBytes  = int(unsafe.Sizeof(uint32(0)))
	referralsBytes = int(unsafe.Sizeof(referrals{}))
	pairBytes      = int(unsafe.Sizeof(uint64(0)))
	channelBytes   = int(unsafe.Sizeof(channel{}))
	consentBytes   = int(unsafe.Sizeof(consent{}))
	attributeBytes = int(unsafe.Sizeof(attribute{}))
	stringBytes    = int(unsafe.Sizeof(""))
)

// Footprint estimates the bytes of heap that s keeps alive, without s itself. It counts what the slices hold, and not what the
// allocator rounds up. Memory that s shares with another Summary counts for both.
func (s *Summary) Footprint() int {
	n := s.orders.len()*orderBytes + cap(s.refunds)*refundBytes + cap(s.links)*linkBytes + cap(s.payments)*paymentBytes + cap(s.feedbacks)*feedbackBytes +
		cap(s.touches)*touchBytes + cap(s.days)*touchDayBytes +
		cap(s.channels)*channelBytes + cap(s.categories)*stringBytes + cap(s.consents)*consentBytes + cap(s.attributes)*attributeBytes
	if s.past != nil {
		n += pastBytes + s.past.kept.footprint()
	}
	if s.referrals != nil {
		n += referralsBytes + cap(s.referrals.pairs)*pairBytes
	}
	for v := range s.orders.all {
		if r := v.more; r != nil {
			n += revisionBytes + cap(r.orders)*momentBytes + cap(r.ties)*orderBytes
		}
	}
	for i := range s.feedbacks {
		n += len(s.feedbacks[i].id)
	}
	for i := range s.channels {
		n += len(s.channels[i].name)
	}
	for _, name := range s.categories {
		n += len(name)
	}
	for i := range s.consents {
		n += len(s.consents[i].channel)
	}
	for i := range s.attributes {
		n += len(s.attributes[i].value)
	}
	return n
}

func (k *kept) footprint() int {
	if k == nil {
		return 0
	}
	return keptBytes + cap(k.costs)*costDayBytes + cap(k.categories)*categoryBytes
}
