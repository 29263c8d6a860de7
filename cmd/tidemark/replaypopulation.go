package main

import (
	"context"
	"os"
	"path/filepath"

	"tidemark/internal/population"
	"tidemark/internal/replay"
)

// writePopulation writes the snapshot of each day to a folder, as DATE.json. It makes the folder.
func writePopulation(ctx context.Context, folder string, p *replay.Population) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	return p.Snapshots(func(s *population.Snapshot) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		text, err := s.JSON()
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(folder, s.Date+".json"), text, 0o644)
	})
}
