package model

// reactions say what Tidemark reacts to besides tiers and churn. What a file leaves out is off.
type reactions struct {
	// NoticeDays is how many calendar days before the fall of a tier by silence alone a notice is given; 0 gives none.
	NoticeDays int `yaml:"notice_days"`
}

func (r *reactions) noticeDays() int {
	if r == nil {
		return 0
	}
	return r.NoticeDays
}
