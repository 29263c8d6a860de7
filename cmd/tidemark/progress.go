package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"
)

// progress is a bar on a terminal, and nothing elsewhere.
type progress struct {
	w     io.Writer // nil where there is no terminal
	what  string
	began time.Time
	drawn time.Time
}

const (
	barWidth = 40
	barEvery = 100 * time.Millisecond
)

// newProgress returns the bar of what is being done, in eight letters or so.
func newProgress(w io.Writer, what string) *progress {
	p := &progress{what: what, began: time.Now()}
	if isTerminal(w) {
		p.w = w
	}
	return p
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// show draws how much is done of a total; of an unknown one (zero) just how much.
func (p *progress) show(done, total int64, unit string) {
	if p.w == nil || time.Since(p.drawn) < barEvery && done < total {
		return
	}
	p.draw(bar(p.what, done, total, float64(done)/time.Since(p.began).Seconds(), unit))
}

// wait draws how much is done of a total, and what is waited for.
func (p *progress) wait(done, total int64, what string) {
	if p.w != nil {
		p.draw(fmt.Sprintf("%-10s waiting for %s, %s of %s done", p.what, what, short(float64(done)), short(float64(total))))
	}
}

// note draws what is known of something without a measure.
func (p *progress) note(text string) {
	if p.w != nil && time.Since(p.drawn) >= barEvery {
		p.draw(fmt.Sprintf("%-10s %s", p.what, text))
	}
}

func (p *progress) draw(line string) {
	p.drawn = time.Now()
	fmt.Fprint(p.w, "\r"+line+"\x1b[K")
}

// end takes the bar away: what comes next says what became of it.
func (p *progress) end() {
	if p.w != nil {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}

// bar is the text of a bar; perSecond is in units.
func bar(what string, done, total int64, perSecond float64, unit string) string {
	if total <= 0 {
		return fmt.Sprintf("%-10s %s %s, %s/s", what, short(float64(done)), unit, short(perSecond))
	}
	full := int(barWidth * min(done, total) / total)
	return fmt.Sprintf("%-10s [%s%s] %3d %%  %s %s/s", what,
		strings.Repeat("=", full), strings.Repeat(" ", barWidth-full), 100*min(done, total)/total, short(perSecond), unit)
}

// short is a number in at most four digits, with the prefix of its thousands.
func short(x float64) string {
	for _, prefix := range []string{"", "k", "M"} {
		if x < 9999.5 {
			return fmt.Sprintf("%.0f%s", x, prefix)
		}
		x /= 1000
	}
	return fmt.Sprintf("%.0fG", x)
}
