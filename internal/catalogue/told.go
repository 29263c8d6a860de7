package catalogue

import "strings"

// told are what events have said of a customer.
var told = []Entry{
	{
		Name: "contactable_channels", Title: Text{"Channels for contact", "可联系渠道"},
		Formula: Text{"Channels on which the customer may be met, by comma; none where the customer may be met nowhere.", "可联系客户的渠道,以逗号分隔;均不可联系时为 none。"},
		Kind:    Word, Group: Contact, Silence: Still, Seen: Wanted, Reads: ReadsProfile,
		Word: func(v *View) (string, bool) {
			if v.Said.Contactable != nil && len(v.Said.Contactable) == 0 {
				return "none", true
			}
			return strings.Join(v.Said.Contactable, ","), v.Said.Contactable != nil
		},
	},
	attribute("owner", Text{"Owner", "负责人"}, Contact, Wanted),
	attribute("industry", Text{"Industry", "行业"}, Identity, Usual),
	attribute("size", Text{"Size", "规模"}, Identity, Usual),
	attribute("growth", Text{"Growth", "成长性"}, Identity, Usual),
	attribute("region", Text{"Region", "地区"}, Identity, Usual),
	attribute("credit_grade", Text{"Credit grade given", "信用等级(外部)"}, Credit, Usual),
	attribute("expert_class", Text{"Expert's class", "专家评级"}, Rank, Usual),
	said("stated_channel", "preferred_channel", Text{"Channel that the customer prefers", "客户声明的偏好渠道"}, Contact, Usual),
}

// attribute is the last value of an attribute of the same name.
func attribute(name string, title Text, g Group, seen Seen) Entry {
	return said(name, name, title, g, seen)
}

// said is the last value of an attribute.
func said(name, key string, title Text, g Group, seen Seen) Entry {
	return Entry{
		Name: name, Title: title, Formula: Text{"The last value of the attribute " + key + ".", "属性 " + key + " 的最近取值。"},
		Kind: Word, Group: g, Silence: Still, Seen: seen, Reads: ReadsProfile, Attribute: key,
		Word: func(v *View) (string, bool) { word := v.Said.Attributes[key]; return word, word != "" },
	}
}
