package github

import (
	"cmp"
	"fmt"
	"time"
)

// layouts are those that GitHub and its exporters write, with whatever offset. A time without one is taken as UTC.
var layouts = [...]string{
	time.RFC3339Nano,
	"2006-01-02T15:04:05Z0700",
	"2006-01-02 15:04:05Z07:00",
	"2006-01-02 15:04:05 -0700",
	"2006-01-02 15:04:05 UTC",
	"2006-01-02T15:04:05",
	"2006-01-02 15:04:05",
}

// time reads the first that is there, in UTC; the zero time if there is none or it cannot be read, which is reported.
func (p *parser) time(what string, texts ...string) time.Time {
	text := cmp.Or(texts...)
	if text == "" {
		return time.Time{}
	}
	for _, layout := range layouts {
		if t, err := time.Parse(layout, text); err == nil && t.UTC().Year() >= 1 {
			return t.UTC()
		}
	}
	p.note(what, fmt.Sprintf("not a time: %q", clip([]byte(text))))
	return time.Time{}
}

// earliest passes over times that are not set.
func earliest(times ...time.Time) time.Time {
	var first time.Time
	for _, t := range times {
		if first.IsZero() || !t.IsZero() && t.Before(first) {
			first = t
		}
	}
	return first
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
