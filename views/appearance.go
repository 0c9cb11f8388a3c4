package views

import "github.com/a-h/templ"

// Appearance is how one browser shows pages, and whether they change by themselves.
type Appearance struct {
	Theme    string // "" as the system, light, dark
	TextSize string // in percent of the usual one, "" for that
	Paused   bool   // a page stays as it is until its reader does something or loads it anew
}

// TextSizes are those that may be chosen, the usual one among them.
func TextSizes() []string { return []string{"90", "100", "115", "130"} }

// marks are what styles and scripts look for beside the theme.
func (a Appearance) marks() templ.OrderedAttributes {
	var marks templ.OrderedAttributes
	if a.TextSize != "" {
		marks = append(marks, templ.KeyValue[string, any]{Key: "data-text-size", Value: a.TextSize})
	}
	if a.Paused {
		marks = append(marks, templ.KeyValue[string, any]{Key: "data-paused", Value: true})
	}
	return marks
}
