package main

import (
	"fmt"
	"io"

	"tidemark/internal/model"
)

// drawSeason draws the season of the model file raw, each line behind a prefix. It draws nothing where the model has none.
func drawSeason(w io.Writer, raw []byte, prefix string) error {
	m, err := model.Parse(raw)
	if err != nil {
		return err
	}
	for _, line := range m.Season.Index().Draw() {
		fmt.Fprintln(w, prefix+line)
	}
	return nil
}
