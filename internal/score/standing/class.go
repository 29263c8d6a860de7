package standing

import "strings"

// Class is the class of a customer by numbers and by an expert.
type Class string

// The classes.
const (
	High   Class = "HIGH"
	Medium Class = "MEDIUM"
	Low    Class = "LOW"
)

// ClassParams weigh the numbers against the expert. Quantitative is the weight of the numbers, in [0, 1]; High and Medium are the least points
// of these classes.
type ClassParams struct{ Quantitative, High, Medium float64 }

// ParseClass returns the class that an attribute names, in any case; false where it names none.
func ParseClass(s string) (Class, bool) {
	c := Class(strings.ToUpper(strings.TrimSpace(s)))
	return c, c == High || c == Medium || c == Low
}

// step counts the classes above Low.
func (c Class) step() int {
	switch c {
	case High:
		return 2
	case Medium:
		return 1
	case Low:
	}
	return 0
}

// Class is that of a·score + (1 − a)·expert, with the score in 0..100 and the expert's class as 100, 50 or 0. Without an expert's class it is
// that of the score. disputed says that the expert's class and that of the score lie more than one step apart.
func (p *ClassParams) Class(score float64, expert string) (class Class, disputed bool) {
	quantitative := p.of(score)
	said, known := ParseClass(expert)
	if !known {
		return quantitative, false
	}
	apart := quantitative.step() - said.step()
	return p.of(p.Quantitative*score + (1-p.Quantitative)*50*float64(said.step())), apart > 1 || apart < -1
}

func (p *ClassParams) of(points float64) Class {
	switch x := micro(points); {
	case x >= p.High:
		return High
	case x >= p.Medium:
		return Medium
	}
	return Low
}
