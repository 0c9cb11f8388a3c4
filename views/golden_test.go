package views

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestGolden(t *testing.T) {
	t.Parallel()
	for _, c := range cases() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := indent(c.parse(t))
			path := filepath.Join("testdata", filepath.FromSlash(c.name)+".html")
			if *update {
				write(t, path, got)
				return
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatalf("%v: run go test ./views -update and read the difference", err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", path, diff)
			}
		})
	}
}

func TestGolden_HasNoStrayFiles(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, c := range cases() {
		known[c.name+".html"] = true
	}
	files, err := filepath.Glob("testdata/*/*.html")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		if name, _ := filepath.Rel("testdata", path); !known[filepath.ToSlash(name)] {
			t.Errorf("%s belongs to no case", path)
		}
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func render(t testing.TB, c templ.Component) string {
	t.Helper()
	var b bytes.Buffer
	if err := c.Render(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// parse reads what a browser without script would see.
func (c golden) parse(t testing.TB) []*html.Node {
	t.Helper()
	source := render(t, c.component)
	if c.kind == wholePage {
		root, err := html.ParseWithOptions(strings.NewReader(source), html.ParseOptionEnableScripting(false))
		if err != nil {
			t.Fatal(err)
		}
		return []*html.Node{root}
	}
	body := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	nodes, err := html.ParseFragmentWithOptions(strings.NewReader(source), body, html.ParseOptionEnableScripting(false))
	if err != nil {
		t.Fatal(err)
	}
	return nodes
}

// indent writes one element a line, so that a review reads well.
func indent(nodes []*html.Node) string {
	var b strings.Builder
	for _, n := range nodes {
		indentNode(&b, n, 0)
	}
	return b.String()
}

func indentNode(b *strings.Builder, n *html.Node, depth int) {
	margin := strings.Repeat("  ", depth)
	switch n.Type {
	case html.DocumentNode:
		for c := range n.ChildNodes() {
			indentNode(b, c, depth)
		}
	case html.DoctypeNode:
		b.WriteString("<!DOCTYPE " + n.Data + ">\n")
	case html.TextNode:
		if s := words(n.Data); s != "" {
			b.WriteString(margin + html.EscapeString(s) + "\n")
		}
	case html.ElementNode:
		b.WriteString(margin + tag(n))
		indentContent(b, n, depth)
	}
}

func indentContent(b *strings.Builder, n *html.Node, depth int) {
	end := "</" + n.Data + ">\n"
	switch first := n.FirstChild; {
	case first == nil && n.Data != "textarea" && void(n):
		b.WriteString("\n")
	case first == nil:
		b.WriteString(end)
	case first.NextSibling == nil && first.Type == html.TextNode:
		b.WriteString(html.EscapeString(strings.TrimSpace(first.Data)) + end)
	default:
		b.WriteString("\n")
		for c := range n.ChildNodes() {
			indentNode(b, c, depth+1)
		}
		b.WriteString(strings.Repeat("  ", depth) + end)
	}
}

func void(n *html.Node) bool {
	switch n.Data {
	case "input", "meta", "link", "br":
		return true
	}
	return false
}

func tag(n *html.Node) string {
	s := "<" + n.Data
	for _, a := range n.Attr {
		s += " " + a.Key
		if a.Val != "" {
			s += `="` + html.EscapeString(a.Val) + `"`
		}
	}
	return s + ">"
}

func words(s string) string { return strings.Join(strings.Fields(s), " ") }
