package markdown

import (
	"io"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// PlainText is what a text says, on one line and without its markup: for excerpts, search and notifications. An image is its
// alternative text. The result is text and not HTML: it must be escaped where it is shown.
func (r *Renderer) PlainText(text string) string {
	raw, _, err := r.html(text)
	if err != nil {
		return strings.Join(strings.Fields(text), " ")
	}
	return strings.Join(strings.Fields(words(raw)), " ")
}

// words puts a space wherever a browser would begin a new line.
func words(raw io.Reader) string {
	var out strings.Builder
	hidden := atom.Atom(0) // the element whose content no reader would see
	for tokens := html.NewTokenizer(raw); ; {
		kind := tokens.Next()
		if kind == html.ErrorToken {
			return out.String()
		}
		token := tokens.Token()
		switch {
		case hidden != 0:
			if kind == html.EndTagToken && token.DataAtom == hidden {
				hidden = 0
			}
		case kind == html.TextToken:
			out.WriteString(token.Data)
		case kind == html.StartTagToken && isHidden(token.DataAtom):
			hidden = token.DataAtom
		case token.DataAtom == atom.Img:
			out.WriteString(altOf(token))
		case kind != html.CommentToken && !isInline(token.DataAtom):
			out.WriteByte(' ')
		}
	}
}

func isHidden(a atom.Atom) bool {
	switch a {
	case atom.Script, atom.Style, atom.Iframe, atom.Noscript, atom.Object, atom.Template, atom.Noembed, atom.Noframes:
		return true
	}
	return false
}

func isInline(a atom.Atom) bool {
	switch a {
	case atom.A, atom.Abbr, atom.B, atom.Cite, atom.Code, atom.Del, atom.Dfn, atom.Em, atom.I, atom.Ins, atom.Kbd, atom.Mark,
		atom.Q, atom.S, atom.Samp, atom.Small, atom.Span, atom.Strike, atom.Strong, atom.Sub, atom.Sup, atom.Tt, atom.U, atom.Var:
		return true
	}
	return false
}

func altOf(token html.Token) string {
	for _, a := range token.Attr {
		if a.Key == "alt" {
			return a.Val
		}
	}
	return ""
}
