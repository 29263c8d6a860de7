package catalogue

import "strings"

// ruled is what the rules of the model say of a customer. It is no column of the scores file: under a model without segments nothing changes.
var ruled = []Entry{
	{
		Name: "segments", Title: Text{"Segments by rule", "规则分群"},
		Formula: Text{"The segments of the model file that the customer is in, by comma.", "客户所属的模型文件分群,以逗号分隔。"},
		Kind:    Word, Group: Rank, Silence: Moves, Seen: wasDetail | InTopic, Reads: ReadsLabels,
		Word: func(v *View) (string, bool) { return strings.Join(v.Labels.Segments, ","), len(v.Labels.Segments) > 0 },
	},
}
