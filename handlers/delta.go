package handlers

import (
	"bytes"
	"context"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"tandem/sync"
)

// A list of hundreds of rows is asked for anew whenever one of them changes. A browser that has it as it was (If-None-Match)
// and says so (?since=) gets the list's delta: the list as ever, with `<li data-same="issue:…">` in the place of each row that
// is byte for byte what it has. So membership, order and counts are whole, and nothing rests on what a row depends on.

// sinceThen is what of a drawn fragment the browser lacks; all of it when it does not ask, or what it has is not known here.
func (s *Server) sinceThen(c echo.Context, f fragment, whole *drawnFragment) (*drawnFragment, error) {
	had := c.Request().Header.Get("If-None-Match")
	if c.QueryParam("since") == "" || had == "" {
		return whole, nil
	}
	tag, sum := parseETag(had)
	before, known := s.fragments.kept.get(f.name + " " + tag)
	if !known || before.sum != sum {
		return whole, nil
	}
	then, now := before.at(0), whole.at(0)
	f.draw = func(context.Context) (sync.Snapshot, templ.Component, error) {
		snapshot := f.fresh.Snapshot
		snapshot.Version = now.version
		return snapshot, templ.Raw(string(delta(then.body, now.body))), nil
	}
	return s.fragments.get(c.Request().Context(), f.name+" "+had+" "+c.Response().Header().Get("ETag"), f)
}

// delta is a list without the rows that another has too. What stands in several groups, as an issue with two labels does, is told whole: a
// browser has but one row for a key.
func delta(before, now []byte) []byte {
	had, twice := rowsOf(before)
	_, twiceNow := rowsOf(now)
	var out bytes.Buffer
	for at := 0; ; {
		row, key, next := nextRow(now, at)
		if next < 0 {
			out.Write(now[at:])
			return out.Bytes()
		}
		out.Write(now[at : next-len(row)])
		if bytes.Equal(row, had[string(key)]) && !twice[string(key)] && !twiceNow[string(key)] {
			out.WriteString(`<li data-same="` + string(key) + `"></li>`)
		} else {
			out.Write(row)
		}
		at = next
	}
}

// rowsOf are a list's rows by their keys, and the keys that several have.
func rowsOf(list []byte) (rows map[string][]byte, twice map[string]bool) {
	rows, twice = map[string][]byte{}, map[string]bool{}
	for at := 0; ; {
		row, key, next := nextRow(list, at)
		if next < 0 {
			return rows, twice
		}
		if rows[string(key)] != nil {
			twice[string(key)] = true
		}
		rows[string(key)], at = row, next
	}
}

var (
	rowBegins = []byte(`<li class="issue-`) // rows and cards; no list stands inside of one
	rowEnds   = []byte(`</li>`)
	rowKey    = []byte(` data-record="`)
)

// nextRow finds the first row after a place, what it is the row of, and where it ends; next is below zero when there is none.
func nextRow(body []byte, at int) (row, key []byte, next int) {
	from := bytes.Index(body[at:], rowBegins)
	if from < 0 {
		return nil, nil, -1
	}
	from += at
	length := bytes.Index(body[from:], rowEnds)
	if length < 0 {
		return nil, nil, -1
	}
	row = body[from : from+length+len(rowEnds)]
	_, rest, _ := bytes.Cut(row, rowKey)
	key, _, _ = bytes.Cut(rest, []byte(`"`))
	return row, key, from + len(row)
}
