package views

import (
	"testing"

	"golang.org/x/net/html"
)

// What somebody wrote comes back byte for byte, from the server's HTML to the form and to the script.
func TestText_SurvivesTheParser(t *testing.T) {
	t.Parallel()
	for _, source := range []string{"", "\n", "\n\nx", "  x  ", "a\r\nb", "</textarea><b>", "</template>&amp;", "tab\there", longTitle, rtlTitle, emoji} {
		d := issue(func(d *IssueData) { d.Description = Text{Source: source} })
		p := parsed{t, golden{kind: fragment, component: Issue(here, d)}, nil}
		p.roots = p.parse(t)
		for n := range p.all("textarea") {
			if attr(n, "name") != "description" {
				continue
			}
			// The parser of HTML itself makes one line break of CR LF.
			if want, got := lineBreaks(source), all(n); got != want {
				t.Errorf("%s: %q came back as %q", n.Data, want, got)
			}
		}
	}
}

func all(n *html.Node) (text string) {
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			text += c.Data
		}
	}
	return lineBreaks(text)
}

func lineBreaks(s string) string {
	out := []rune{}
	for i, r := range []rune(s) {
		if r == '\r' || r == '\n' && i > 0 && s[i-1] == '\r' {
			if r == '\r' {
				out = append(out, '\n')
			}
			continue
		}
		out = append(out, r)
	}
	return string(out)
}

func TestInitials(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"Ann Lee": "AL", "ben": "B", "": "?", "  ": "?", "Ana María de la Cruz": "AC", "李 小龙": "李小", "ömer": "Ö"} {
		if got := initials(name); got != want {
			t.Errorf("initials(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestLabelHue(t *testing.T) {
	t.Parallel()
	for color, want := range map[string]string{"#ff0000": "1", "#00ff00": "4", "#0000ff": "7", "#ffff00": "3", "#888888": "", "#ffffff": "", "red": "", "": "", "#zzzzzz": ""} {
		if got := labelHue(color); got != want {
			t.Errorf("labelHue(%q) = %q, want %q", color, got, want)
		}
	}
}

// Theirs may be empty: the form must say so all the same, or "mine" would merge with itself into nothing.
func TestConflict_SaysWhatItsTextsStartFrom(t *testing.T) {
	t.Parallel()
	d := conflictText()
	d.Fields[0].Theirs = side("")
	p := parsed{t, golden{kind: fragment, component: ConflictCard(here, d)}, nil}
	p.roots = p.parse(t)
	for form := range p.all("form") {
		if from := named(form, "_from"); from == nil || all(from) != "" {
			t.Errorf("%s does not start from theirs", tag(form))
		}
	}
}

func named(form *html.Node, name string) *html.Node {
	for n := range form.Descendants() {
		if attr(n, "name") == name {
			return n
		}
	}
	return nil
}
