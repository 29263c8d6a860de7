package demo

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"tidemark/internal/terminal"
)

// view shows pictures. On a terminal a picture replaces the picture before; elsewhere a view writes a plain line every plainEvery.
type view struct {
	w     io.Writer
	size  func() (width, height int) // nil if w is no terminal
	paint bool
	// Of the last picture: drawn is its time, lines its number of lines on the screen, sent its number of events.
	drawn time.Time
	lines int
	sent  int64
	rate  float64 // events a second, smoothed
}

const (
	redraw       = 150 * time.Millisecond
	plainEvery   = 5 * time.Second
	plainEntries = 3 // most entries after each plain line
	smooth       = time.Second
)

func newView(w io.Writer) *view {
	v := &view{w: w, drawn: time.Now(), paint: os.Getenv("NO_COLOR") == ""}
	if terminal.Is(w) {
		v.size = func() (width, height int) { return terminal.Size(w) }
	}
	return v
}

// due reports whether it is time for another picture.
func (v *view) due() bool {
	if v.size == nil {
		return time.Since(v.drawn) >= plainEvery
	}
	return time.Since(v.drawn) >= redraw
}

// show draws p.
func (v *view) show(p picture) {
	since := time.Since(v.drawn).Seconds()
	now := float64(p.sent-v.sent) / max(since, 0.001)
	v.rate += min(1, since/smooth.Seconds()) * (now - v.rate)
	v.drawn, v.sent, p.perSecond = time.Now(), p.sent, v.rate
	if v.size == nil {
		v.print(p)
		return
	}
	width, height := v.size()
	v.draw(p.lines(width, height, v.paint))
}

// draw replaces the lines on the screen. It writes once, so that nothing flickers.
func (v *view) draw(lines []string) {
	var b strings.Builder
	if v.lines > 0 {
		fmt.Fprintf(&b, "\x1b[%dA\r", v.lines)
	}
	for _, line := range lines {
		b.WriteString(line + "\x1b[K\n")
	}
	b.WriteString("\x1b[J") // clear the rest of a longer picture
	v.lines = len(lines)
	fmt.Fprint(v.w, b.String())
}

func (v *view) print(p picture) {
	fmt.Fprintln(v.w, p.plain())
	for _, t := range p.recent[max(0, len(p.recent)-plainEntries):] {
		fmt.Fprintln(v.w, "  "+terminal.Render(t.row(), 1000, false))
	}
}
