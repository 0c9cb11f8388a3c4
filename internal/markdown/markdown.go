// Package markdown turns what people write into HTML that is safe to put into a page.
//
// The text is GitHub-flavoured Markdown. It passes three stages: goldmark, which keeps raw HTML; bluemonday, which keeps only
// the elements and attributes of policy.go; and a walk over the parsed result (finish.go), which closes what was left open, so
// that no text can end the element that it stands in, and adds what only we may add: the rel of links, lazy images, and the
// links of references, the lines of tasks. Nothing that a person writes can have an id, a style, a handler, an hx-* or a data-* attribute.
package markdown

import (
	"bytes"
	"strings"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	goldtext "github.com/yuin/goldmark/text"
	"golang.org/x/net/html"
)

// Renderer renders Markdown. It holds no state of a text, so one serves all goroutines.
type Renderer struct {
	markdown goldmark.Markdown
	policy   *bluemonday.Policy
}

// New makes a renderer. It compiles the policy, so make one and keep it.
func New() *Renderer {
	return &Renderer{markdown: newMarkdown(), policy: newPolicy()}
}

// Link is where a reference leads. It is trusted: neither the href nor the HTML is checked.
type Link struct {
	Href  string
	HTML  string // what stands in the place of the reference's word, "" for the word itself
	Title string // the tooltip, may be ""
	Class string // classes beside "issue-ref" or "mention", may be ""
}

// References resolves what a text refers to. A nil function resolves nothing; false leaves the reference as plain text.
// Both are called in the order of the text, and once for each occurrence.
type References struct {
	Issue   func(key string) (Link, bool)    // "ENG-12"
	Mention func(handle string) (Link, bool) // "ann", without the @
}

// Render never fails: a text that cannot be laid out, such as one nested hundreds of levels deep, is shown as it was typed.
func (r *Renderer) Render(text string, refs References) string {
	root, err := r.tree(text)
	if err != nil {
		return asTyped(text)
	}
	finisher{refs}.children(root)
	var out strings.Builder
	for n := root.FirstChild; n != nil; n = n.NextSibling {
		if err := html.Render(&out, n); err != nil {
			return asTyped(text)
		}
	}
	return out.String()
}

// References lists the issue keys and handles that a text refers to, each once, in the order of the text, so that they can be
// looked up at once before Render. Whether they exist is not known here.
func (r *Renderer) References(text string) (issues, mentions []string) {
	var keys, handles seen
	r.Render(text, References{
		Issue:   func(key string) (Link, bool) { keys.add(key); return Link{}, false },
		Mention: func(handle string) (Link, bool) { handles.add(handle); return Link{}, false },
	})
	return keys.list, handles.list
}

// Mentions lists the handles that a text names as it is shown: not those in code or in links.
func (r *Renderer) Mentions(text string) []string {
	_, mentions := r.References(text)
	return mentions
}

// tree is the sanitised document, as children of a node that is not part of it.
func (r *Renderer) tree(text string) (*html.Node, error) {
	raw, tasks, err := r.html(text)
	if err != nil {
		return nil, err
	}
	root, err := parseFragment(r.policy.SanitizeReader(raw))
	if err != nil {
		return nil, err
	}
	numberTasks(root, tasks)
	return root, nil
}

// html is what goldmark makes of a text, and the lines of its tasks. It is not safe to show.
func (r *Renderer) html(text string) (raw *bytes.Buffer, tasks []int, err error) {
	if err := check(text); err != nil {
		return nil, nil, err
	}
	source, raw := []byte(text), &bytes.Buffer{}
	document := r.markdown.Parser().Parse(goldtext.NewReader(source))
	err = r.markdown.Renderer().Render(raw, source, document)
	return raw, taskLines(document, source), err
}

func asTyped(text string) string {
	return `<pre tabindex="0">` + html.EscapeString(text) + "</pre>"
}

// seen keeps each name once, in order.
type seen struct {
	list  []string
	known map[string]bool
}

func (s *seen) add(name string) {
	if s.known == nil {
		s.known = map[string]bool{}
	}
	if !s.known[name] {
		s.known[name] = true
		s.list = append(s.list, name)
	}
}
