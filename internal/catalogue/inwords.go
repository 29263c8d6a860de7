package catalogue

// UnitIn is the unit in a language; empty where the entry has none.
func (e *Entry) UnitIn(lang string) string { return Text{e.Unit, units[e.Unit]}.In(lang) }

// units are the units in Chinese.
var units = map[string]string{
	"": "", "an order": "每单", "answers": "次回答", "categories": "个品类", "channels": "个渠道", "chargebacks": "次拒付", "complaints": "次投诉", "days": "天",
	"grade": "级", "ids": "个编号", "interactions": "次互动", "items": "件", "medians": "倍中位数", "messages": "条消息", "months": "个月", "offers": "次优惠",
	"orders": "单", "orders a day": "单/天", "payments": "次付款", "points": "分", "probability": "概率", "ratio": "比值", "referrals": "次推荐",
	"refunds": "次退款", "share": "占比", "transitions": "次变更", "weight": "权重",
}

// In is the kind in a language.
func (k Kind) In(lang string) string {
	return Text{kinds[k], [...]string{"数值", "计数", "金额", "时刻", "标志", "文字"}[k]}.In(lang)
}

// In is the direction in a language.
func (b Better) In(lang string) string {
	return Text{directions[b], [...]string{"无所谓", "越大越好", "越小越好"}[b]}.In(lang)
}

// In is what silence does in a language.
func (s Silence) In(lang string) string {
	return Text{silences[s], [...]string{"不变", "阶变", "下降", "上升", "可升可降"}[s]}.In(lang)
}

// NamesIn lists the readers of the set in a language.
func (s Seen) NamesIn(lang string) []string {
	names := s.Names()
	if lang != "zh" {
		return names
	}
	for i, name := range names {
		switch name {
		case "file":
			names[i] = "文件"
		case "topic":
			names[i] = "主题"
		case "tm:detail (all)":
			names[i] = "tm:detail(全部)"
		}
	}
	return names
}
