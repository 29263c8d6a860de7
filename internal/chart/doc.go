// Package chart draws small charts as SVG text: lines and points, bars, heat tables.
//
// Plain values go in and a string comes out. Equal values give equal bytes. The package has no clock, no I/O and no goroutine.
//
//	            legend      ● stack  ■ logit-rfm
//	label of y  share that left
//	ticks of y  0.8 ┤
//	            0.6 ┤        plot
//	            0.4 ┤
//	                └───┬──────┬──────┬───
//	ticks of x          0     0.5     1
//	label of x                      risk
//
// What a page must know:
//   - A chart names classes and no colours. Style is the style sheet with the colours, for light and for dark; put it on the page once.
//   - A chart scales with its box. Its type is legible if the box is about as wide as Frame.Width.
//   - Frame.ID begins every id of a chart. Two charts of a page need different ones.
//   - A number that is NaN, infinite or beyond ±1e300 is left out. A chart without any number says Frame.Empty.
//   - Text is escaped. Text that does not fit is cut, and its title has the whole text.
//   - Nothing is told by colour alone: a series has a marker and a dash or a pattern, a cell of a heat table has its number.
package chart
