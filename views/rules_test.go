package views

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// What docs/dom.md, the CSP and people who cannot see ask of every component in every state.
func TestRules(t *testing.T) {
	t.Parallel()
	for _, c := range cases() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := parsed{t, c, c.parse(t)}
			p.keepsToThePolicy()
			p.formsNameTheirOperation()
			p.controlsHaveNames()
			p.controlsHaveActions()
			p.idsAreUnique()
			p.referencesLead()
			p.regionsAreWhole()
			p.nothingWasDroppedByTheParser()
			if c.kind == fragment {
				p.holdsNothingOfTheViewer()
			}
			if c.kind == wholePage {
				p.isAPage()
			}
		})
	}
}

type parsed struct {
	*testing.T
	golden
	roots []*html.Node
}

func (p parsed) keepsToThePolicy() {
	for n := range p.all() {
		for _, a := range n.Attr {
			if a.Key == "style" || strings.HasPrefix(a.Key, "on") || strings.HasPrefix(a.Key, "hx-on") {
				p.Errorf("%s: the CSP blocks %s", tag(n), a.Key)
			}
		}
		if n.Data == "style" || n.Data == "script" && attr(n, "src") == "" {
			p.Errorf("%s stands inline", tag(n))
		}
	}
}

func (p parsed) formsNameTheirOperation() {
	for n := range p.all("form") {
		if attr(n, "method") != "post" {
			continue
		}
		if !has(n, "data-op") && !has(n, "data-online") {
			p.Errorf("%s has neither data-op nor data-online", tag(n))
		}
		if !has(n, "data-op") {
			continue
		}
		if attr(n, "hx-sync") != "this:queue all" || attr(n, "hx-post") != attr(n, "action") {
			p.Errorf("%s is no form for the outbox", tag(n))
		}
		if op := attr(n, "data-op"); (op == "set" || op == "text") && !has(n, "data-base") {
			p.Errorf("%s has no data-base", tag(n))
		}
	}
}

func (p parsed) controlsHaveNames() {
	for n := range p.all("button", "input", "select", "textarea", "summary", "a") {
		if attr(n, "type") == "hidden" || n.Data == "a" && attr(n, "href") == "" || has(n, "hidden") {
			continue
		}
		if p.accessibleName(n) == "" {
			p.Errorf("%s has no accessible name", tag(n))
		}
	}
}

func (p parsed) accessibleName(n *html.Node) string {
	if name := attr(n, "aria-label"); name != "" {
		return name
	}
	if n.Data == "button" || n.Data == "summary" || n.Data == "a" {
		return content(n)
	}
	for up := n.Parent; up != nil; up = up.Parent {
		if up.Data == "label" {
			return content(up)
		}
	}
	for label := range p.all("label") {
		if id := attr(n, "id"); id != "" && attr(label, "for") == id {
			return content(label)
		}
	}
	return ""
}

func (p parsed) controlsHaveActions() {
	for n := range p.all("button", "summary") {
		form := enclosing(n, "form")
		if !has(n, "data-action") && (form == nil || !has(form, "data-action")) {
			p.Errorf("%s has no data-action", tag(n))
		}
	}
}

func (p parsed) idsAreUnique() {
	seen := map[string]bool{}
	for n := range p.all() {
		id := attr(n, "id")
		if has(n, "id") && strings.ContainsAny(id, " ") {
			p.Errorf("%s: an id holds no space", tag(n))
		}
		if id == "" || inTemplate(n) {
			continue
		}
		if seen[id] {
			p.Errorf("the id %s stands twice", id)
		}
		seen[id] = true
	}
}

func (p parsed) referencesLead() {
	ids := map[string]bool{}
	for n := range p.all() {
		ids[attr(n, "id")] = true
	}
	for n := range p.all() {
		for _, key := range []string{"for", "aria-describedby", "aria-labelledby"} {
			if id := attr(n, key); id != "" && !ids[id] {
				p.Errorf("%s: nothing has the id %s", tag(n), id)
			}
		}
	}
}

func (p parsed) regionsAreWhole() {
	for n := range p.all() {
		if !has(n, "data-live") || attr(n, "data-live") == "share" { // which htmx never sees
			continue
		}
		for _, key := range []string{"id", "data-src", "data-version", "hx-get", "hx-trigger"} {
			if attr(n, key) == "" {
				p.Errorf("%s has no %s", tag(n), key)
			}
		}
	}
	if p.kind == fragment && len(p.roots) != 1 {
		p.Errorf("a fragment has one root, not %d", len(p.roots))
	}
}

// The parser drops a form in a form and splits a link in a link.
func (p parsed) nothingWasDroppedByTheParser() {
	source := render(p.T, p.component)
	for _, name := range []string{"form", "a", "button", "li", "p"} {
		want, got := strings.Count(source, "<"+name+" ")+strings.Count(source, "<"+name+">"), 0
		for range p.all(name) {
			got++
		}
		if got != want {
			p.Errorf("%d <%s> written, %d parsed: they are nested wrongly", want, name, got)
		}
	}
}

func (p parsed) holdsNothingOfTheViewer() {
	for n := range p.all("input") {
		if attr(n, "name") == "_tx" {
			p.Error("a fragment holds _tx")
		}
	}
}

func (p parsed) isAPage() {
	count := func(name string) (n int) {
		for node := range p.all(name) {
			if !inTemplate(node) {
				n++
			}
		}
		return n
	}
	for _, name := range []string{"h1", "main", "title"} {
		if got := count(name); got != 1 {
			p.Errorf("a page has one <%s>, not %d", name, got)
		}
	}
	for n := range p.all("html") {
		if attr(n, "lang") == "" {
			p.Error("a page says its language")
		}
	}
	for n := range p.all("form") {
		if has(n, "data-op") && !inTemplate(n) && enclosing(n, "dialog") == nil && named(n, "_tx") == nil {
			p.Errorf("%s has no _tx", tag(n))
		}
	}
}

// all yields the elements of these names, or all elements.
func (p parsed) all(names ...string) func(func(*html.Node) bool) {
	return func(yield func(*html.Node) bool) {
		for _, root := range p.roots {
			for n := range withSelf(root) {
				if n.Type == html.ElementNode && (len(names) == 0 || slices.Contains(names, n.Data)) && !yield(n) {
					return
				}
			}
		}
	}
}

func withSelf(root *html.Node) func(func(*html.Node) bool) {
	return func(yield func(*html.Node) bool) {
		if !yield(root) {
			return
		}
		for n := range root.Descendants() {
			if !yield(n) {
				return
			}
		}
	}
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, key string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == key })
}

func enclosing(n *html.Node, name string) *html.Node {
	for up := n.Parent; up != nil; up = up.Parent {
		if up.Data == name {
			return up
		}
	}
	return nil
}

func inTemplate(n *html.Node) bool { return enclosing(n, "template") != nil }

func content(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode && !hiddenFromNames(c, n) {
			b.WriteString(c.Data + " ")
		}
	}
	return words(b.String())
}

func hiddenFromNames(n, root *html.Node) bool {
	for up := n.Parent; up != nil && up != root; up = up.Parent {
		if attr(up, "aria-hidden") == "true" {
			return true
		}
	}
	return false
}
