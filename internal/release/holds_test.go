package release

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"tidemark/internal/event"
	"tidemark/internal/score"
)

// calendar is the calendar of all folders: days of UTC.
var calendar = event.NewCalendar(nil)

// holds returns the values that a profile holds, by name, as text. Values that are zero are left out, so the next release may add fields.
// The names are those of the fields. Whoever renames a field keeps the old name here: folders of earlier releases use it.
func holds(p score.Profile) map[string]string {
	into := map[string]string{}
	for i, f := range reflect.VisibleFields(reflect.TypeFor[score.Profile]()) {
		if f.IsExported() && f.Name != "History" && f.Name != "Outcomes" {
			flatten(into, f.Name, reflect.ValueOf(p).Field(i))
		}
	}
	h := &p.History
	flatten(into, "Facts", reflect.ValueOf(h.Facts(p.AsOf, calendar)))
	flatten(into, "Channels", reflect.ValueOf(strings.Join(h.Channels(), " ")))
	flatten(into, "Contactable", reflect.ValueOf(strings.Join(h.ContactableChannels(), " ")))
	flatten(into, "Owner", reflect.ValueOf(h.Attribute("owner")))
	flatten(into, "TopCategory", reflect.ValueOf(h.TopCategory(p.AsOf, calendar)))
	flatten(into, "Spilled", reflect.ValueOf(h.Spilled()))
	flatten(into, "Newest", reflect.ValueOf(h.Newest()))
	var grievances []string
	for g := range h.Grievances(p.AsOf, 365, calendar) {
		grievances = append(grievances, g.ID)
	}
	slices.Sort(grievances)
	flatten(into, "Grievances", reflect.ValueOf(strings.Join(grievances, " ")))
	return into
}

// flatten writes down a value under its name, and what is inside it under longer names.
func flatten(into map[string]string, name string, v reflect.Value) {
	if v.IsZero() {
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		flatten(into, name, v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			flatten(into, name+"."+v.Type().Field(i).Name, v.Field(i))
		}
	case reflect.Array:
		for i := range v.Len() {
			flatten(into, fmt.Sprintf("%s[%d]", name, i), v.Index(i))
		}
	default:
		into[name] = fmt.Sprint(v.Interface())
	}
}

// lacking returns the values that a release has written and that are not the same today.
func lacking(written, today map[string]string) []string {
	var differ []string
	for name, value := range written {
		if today[name] != value {
			differ = append(differ, fmt.Sprintf("%s: want %s, got %q", name, value, today[name]))
		}
	}
	slices.Sort(differ)
	return differ
}
