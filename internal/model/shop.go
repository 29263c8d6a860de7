package model

import "tidemark/internal/score"

// shop is the section that says from when on an id behaves like a shop.
type shop struct {
	OrdersPerDay int `yaml:"orders_per_day"`
	MinDays      int `yaml:"min_days"`
}

// usualShop is the rule of a file without the section: files older than the section must not alert an id of all guests either. The
// numbers are those of the default model, which says where the numbers come from.
var usualShop = score.Shop{OrdersPerDay: 100, MinDays: 3}

func (s *shop) lines() score.Shop {
	if s == nil {
		return usualShop
	}
	return score.Shop{OrdersPerDay: s.OrdersPerDay, MinDays: s.MinDays}
}
