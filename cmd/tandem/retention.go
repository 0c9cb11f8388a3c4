package main

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

// retention is how long the log is kept, written as 90d or 720h; zero is for good.
type retention time.Duration

// shortestRetention keeps the promise that an undo reaches a day back.
const shortestRetention = 24 * time.Hour

// UnmarshalText reads a duration of Go's, or a number of days.
func (r *retention) UnmarshalText(text []byte) error {
	wrong := errors.New("write how long changes are kept, such as 90d or 720h, at least a day")
	kept, err := time.ParseDuration(string(text))
	if days, isDays := strings.CutSuffix(string(text), "d"); isDays {
		var count int
		count, err = strconv.Atoi(days)
		kept = time.Duration(min(count, 100_000)) * 24 * time.Hour
	}
	if err != nil || kept < shortestRetention {
		return wrong
	}
	*r = retention(kept)
	return nil
}
