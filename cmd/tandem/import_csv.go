package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"tandem/internal/importer"
	"tandem/internal/importer/csv"
)

func (c *importCSVCommand) run(ctx context.Context, p *program) error {
	columns, err := pairs("--map", c.Map)
	if err != nil {
		return err
	}
	for column, field := range columns {
		if field != "-" && !slices.Contains(csv.Fields(), field) {
			return misuse{fmt.Sprintf("--map %s=%s: there is no field %s; there are %s", column, field, field, strings.Join(csv.Fields(), ", "))}
		}
	}
	statuses, err := pairs("--map-status", c.MapStatus)
	if err != nil {
		return err
	}
	return c.importPlace.take(ctx, p, func(key string) *survey {
		return takeSurvey(c.Files, false, reader{csv.Format, func(name string, sink importer.Sink) (importer.Report, error) {
			file, err := os.Open(name)
			if err != nil {
				return importer.Report{}, err
			}
			defer file.Close()
			return csv.Parse(file, csv.Options{File: name, Source: key, Map: columns, Status: statuses}, sink)
		}})
	})
}

// pairs reads what was typed as NAME=VALUE. The last = parts them, for columns may have some in their names.
func pairs(flag string, typed []string) (map[string]string, error) {
	found := map[string]string{}
	for _, pair := range typed {
		at := strings.LastIndexByte(pair, '=')
		if at < 1 || at == len(pair)-1 {
			return nil, misuse{fmt.Sprintf("%s %s: write it as %s \"this=that\"", flag, pair, flag)}
		}
		found[strings.TrimSpace(pair[:at])] = strings.TrimSpace(pair[at+1:])
	}
	return found, nil
}
