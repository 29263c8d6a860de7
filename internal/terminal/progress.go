package terminal

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// Progress draws a bar on a terminal. On any other writer it draws nothing.
type Progress struct {
	w     io.Writer // nil if there is no terminal
	what  string
	began time.Time
	drawn time.Time
}

const (
	barWidth = 40
	barEvery = 100 * time.Millisecond
)

// NewProgress returns a bar. what names the work, in a word of about eight letters.
func NewProgress(w io.Writer, what string) *Progress {
	p := &Progress{what: what, began: time.Now()}
	if Is(w) {
		p.w = w
	}
	return p
}

// Show draws the part that is done of a total. A total of 0 is unknown; then Show draws only the amount that is done.
func (p *Progress) Show(done, total int64, unit string) {
	if p.w == nil || time.Since(p.drawn) < barEvery && done < total {
		return
	}
	p.draw(bar(p.what, done, total, float64(done)/time.Since(p.began).Seconds(), unit))
}

// Wait draws the part that is done of a total, and the name of what the work waits for.
func (p *Progress) Wait(done, total int64, what string) {
	if p.w != nil {
		p.draw(fmt.Sprintf("%-10s waiting for %s, %s of %s done", p.what, what, Short(float64(done)), Short(float64(total))))
	}
}

// Note draws a text, for work without a known total.
func (p *Progress) Note(text string) {
	if p.w != nil && time.Since(p.drawn) >= barEvery {
		p.draw(fmt.Sprintf("%-10s %s", p.what, text))
	}
}

func (p *Progress) draw(line string) {
	p.drawn = time.Now()
	fmt.Fprint(p.w, "\r"+line+"\x1b[K")
}

// End removes the bar.
func (p *Progress) End() {
	if p.w != nil {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}

// bar returns the text of a bar. done and total are in units, perSecond in units per second.
func bar(what string, done, total int64, perSecond float64, unit string) string {
	if total <= 0 {
		return fmt.Sprintf("%-10s %s %s, %s/s", what, Short(float64(done)), unit, Short(perSecond))
	}
	full := int(barWidth * min(done, total) / total)
	return fmt.Sprintf("%-10s [%s%s] %3d %%  %s %s/s", what,
		strings.Repeat("=", full), strings.Repeat(" ", barWidth-full), 100*min(done, total)/total, Short(perSecond), unit)
}

// Drawn reports whether the bar is drawn. If it is not, the caller may print a line instead.
func (p *Progress) Drawn() bool { return p.w != nil }
