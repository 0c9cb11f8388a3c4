//go:build linux

package main

import (
	"fmt"
	"io"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// table gathers what each round gave, and shows the medians.
type table struct {
	rows  []*row
	notes []string
}

type row struct {
	what, unit, reach string
	values            map[string][]float64 // by side
}

func newTable() *table { return &table{} }

// add adds one round's figure; rows stand in the order in which they were first added.
func (t *table) add(what, unit, reach string, s side, value float64) {
	t.addTo(s.name(), what, unit, reach, value)
}

func (t *table) addTo(column, what, unit, reach string, value float64) {
	at := slices.IndexFunc(t.rows, func(r *row) bool { return r.what == what })
	if at < 0 {
		at = len(t.rows)
		t.rows = append(t.rows, &row{what: what, unit: unit, reach: reach, values: map[string][]float64{}})
	}
	t.rows[at].values[column] = append(t.rows[at].values[column], value)
}

// note adds a line below the table, once.
func (t *table) note(text string) {
	if !slices.Contains(t.notes, text) {
		t.notes = append(t.notes, text)
	}
}

func (t *table) print(out io.Writer, machine string, markdown bool) error {
	lines := [][]string{{"measure", "unit", "tandem", "limit", "ratio", "to reach"}}
	for _, r := range t.rows {
		lines = append(lines, r.cells())
	}
	var text strings.Builder
	fmt.Fprintf(&text, "%s\n\n", machine)
	widths := widthsOf(lines)
	for i, cells := range lines {
		writeLine(&text, cells, widths, markdown)
		if i == 0 && markdown {
			text.WriteString("|---|---|--:|--:|--:|---|\n")
		}
	}
	for _, note := range t.notes {
		fmt.Fprintf(&text, "\n%s\n", note)
	}
	_, err := io.WriteString(out, text.String())
	return err
}

func (r *row) cells() []string {
	ratio := ""
	alone := strings.HasPrefix(r.reach, "about") // such a figure says something by itself, and nothing of the other
	if ours, limit := r.values["tandem"], r.values["limit"]; len(ours) > 0 && !alone && len(limit) > 0 && median(limit) > 0 {
		ratio = fmt.Sprintf("%.2f", median(ours)/median(limit))
	}
	return []string{r.what, r.unit, shown(r.values["tandem"]), shown(r.values["limit"]), ratio, r.reach}
}

// shown is the median, with three digits that count.
func shown(values []float64) string {
	if len(values) == 0 {
		return ""
	}
	m := median(values)
	if m >= 100 || m <= -100 {
		return thousands(int(m + 0.5))
	}
	return strconv.FormatFloat(m, 'g', 3, 64)
}

func thousands(n int) string {
	if n < 1000 {
		return strconv.Itoa(n)
	}
	return fmt.Sprintf("%s,%03d", thousands(n/1000), n%1000)
}

// median leaves the order of its argument alone. There is at least one value.
func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

func widthsOf(lines [][]string) []int {
	widths := make([]int, len(lines[0]))
	for _, cells := range lines {
		for i, cell := range cells {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	return widths
}

func writeLine(text *strings.Builder, cells []string, widths []int, markdown bool) {
	if markdown {
		fmt.Fprintf(text, "| %s |\n", strings.Join(cells, " | "))
		return
	}
	for i, cell := range cells {
		space := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
		if i >= 2 && i <= 4 {
			fmt.Fprint(text, space, cell, "  ")
		} else {
			fmt.Fprint(text, cell, space, "  ")
		}
	}
	text.WriteByte('\n')
}

// machine is what the figures hang on.
func (b *bench) machine() string {
	return fmt.Sprintf("%d cores, PostgreSQL %s with fsync, %s; medians of %d rounds in turn, %g s of writing in each.",
		runtime.NumCPU(), b.cluster.version, runtime.Version(), b.rounds, b.seconds)
}
