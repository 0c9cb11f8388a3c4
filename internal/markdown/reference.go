package markdown

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// reference is a mention or a key in the form of PRODUCT.md; what stands around it is checked by stands.
var reference = regexp.MustCompile(`@[\p{L}\p{N}](?:[\p{L}\p{N}_.-]{0,62}[\p{L}\p{N}_])?|[A-Z][A-Z0-9]{1,6}-[1-9][0-9]{0,8}`)

// link turns the references in a text node into links. Text that is none stays in the node.
func (f finisher) link(n *html.Node) {
	if f.refs.Issue == nil && f.refs.Mention == nil {
		return
	}
	text, done := n.Data, 0
	for _, at := range reference.FindAllStringIndex(text, -1) {
		word := text[at[0]:at[1]]
		if !stands(text, at[0], at[1]) {
			continue
		}
		link, class, ok := f.resolve(word)
		if !ok {
			continue
		}
		n.Parent.InsertBefore(textNode(text[done:at[0]]), n)
		n.Parent.InsertBefore(anchor(link, class, word), n)
		done = at[1]
	}
	n.Data = text[done:]
}

func (f finisher) resolve(word string) (link Link, class string, ok bool) {
	handle, mention := strings.CutPrefix(word, "@")
	switch {
	case mention && f.refs.Mention != nil:
		link, ok = f.refs.Mention(handle)
	case !mention && f.refs.Issue != nil:
		link, ok = f.refs.Issue(word)
	}
	if mention {
		return link, "mention", ok
	}
	return link, "issue-ref", ok
}

// stands tells whether a match is a word of its own: not the end of an address (a@b), of a path (x/ENG-1) or of a longer key,
// and not the head of one (ENG-1-rc, ENG-12.5).
func stands(text string, from, to int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:from])
	if isWord(before) || strings.ContainsRune("-/@.#&=", before) {
		return false
	}
	after, size := utf8.DecodeRuneInString(text[to:])
	if isWord(after) || after == '/' || after == '@' {
		return false
	}
	next, _ := utf8.DecodeRuneInString(text[to+size:])
	return after != '-' && after != '.' || !isWord(next)
}

// isWord is false for the rune of an empty string too.
func isWord(r rune) bool {
	return r != utf8.RuneError && (r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r))
}

func anchor(link Link, class, word string) *html.Node {
	a := &html.Node{Type: html.ElementNode, Data: "a", DataAtom: atom.A, Attr: []html.Attribute{
		{Key: "class", Val: strings.TrimSpace(class + " " + link.Class)},
		{Key: "href", Val: link.Href},
	}}
	if link.Title != "" {
		a.Attr = append(a.Attr, html.Attribute{Key: "title", Val: link.Title})
	}
	if link.HTML == "" {
		a.AppendChild(textNode(word))
	} else {
		a.AppendChild(&html.Node{Type: html.RawNode, Data: link.HTML})
	}
	return a
}

func textNode(text string) *html.Node {
	return &html.Node{Type: html.TextNode, Data: text}
}
