package markdown

import (
	"io"
	"slices"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// parseFragment reads sanitised HTML as a browser reads it inside a <div>.
func parseFragment(r io.Reader) (*html.Node, error) {
	within := &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div}
	nodes, err := html.ParseFragment(r, within)
	if err != nil {
		return nil, err
	}
	root := &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div}
	for _, n := range nodes {
		root.AppendChild(n)
	}
	return root, nil
}

// finisher completes a sanitised tree. What it adds cannot be forged, for the policy lets none of it through.
type finisher struct {
	refs References
}

func (f finisher) children(n *html.Node) {
	for c := n.FirstChild; c != nil; {
		next := c.NextSibling
		f.node(c)
		c = next
	}
}

func (f finisher) node(n *html.Node) {
	if n.Type == html.TextNode {
		f.link(n)
		return
	}
	switch n.DataAtom {
	case atom.A, atom.Code, atom.Pre, atom.Kbd, atom.Samp, atom.Tt:
		finisher{}.children(n) // without references: links do not nest, and code means itself
	default:
		f.children(n)
	}
	switch n.DataAtom {
	case atom.A:
		finishLink(n)
	case atom.Img:
		finishImage(n)
	case atom.Input:
		finishTask(n)
	case atom.Li:
		unwrapOutside(n, atom.Ul, atom.Ol)
	case atom.Dt, atom.Dd:
		unwrapOutside(n, atom.Dl)
	case atom.Pre, atom.Table:
		n.Attr = append(n.Attr, html.Attribute{Key: "tabindex", Val: "0"}) // what does not fit is scrolled by keys
	}
}

// finishLink unwraps a link whose target the policy refused.
func finishLink(n *html.Node) {
	if attr(n, "href") == "" {
		unwrap(n)
		return
	}
	n.Attr = append(n.Attr, html.Attribute{Key: "rel", Val: "nofollow noopener ugc"})
}

// finishImage leaves the alternative text of an image whose source the policy refused.
func finishImage(n *html.Node) {
	alt := attr(n, "alt")
	if attr(n, "src") == "" {
		n.Parent.InsertBefore(&html.Node{Type: html.TextNode, Data: alt}, n)
		n.Parent.RemoveChild(n)
		return
	}
	if alt == "" {
		n.Attr = append(without(n.Attr, "alt"), html.Attribute{Key: "alt"})
	}
	n.Attr = append(n.Attr, html.Attribute{Key: "loading", Val: "lazy"})
}

// finishTask makes a disabled box of whatever the input was, named for those who do not see it.
func finishTask(n *html.Node) {
	name, checked, line := "To do", has(n, "checked"), attr(n, taskLine)
	n.Attr = []html.Attribute{{Key: "type", Val: "checkbox"}, {Key: "disabled"}}
	if line != "" {
		n.Attr = append(n.Attr, html.Attribute{Key: taskLine, Val: line})
	}
	if checked {
		name = "Done"
		n.Attr = append(n.Attr, html.Attribute{Key: "checked"})
	}
	n.Attr = append(n.Attr, html.Attribute{Key: "aria-label", Val: name})
}

// unwrapOutside leaves only the content of a list's item that is in no list. A browser would otherwise take it for the next
// item of the list around the text, and close the element that holds the text.
func unwrapOutside(n *html.Node, lists ...atom.Atom) {
	for _, list := range lists {
		if n.Parent.DataAtom == list {
			return
		}
	}
	unwrap(n)
}

func unwrap(n *html.Node) {
	for n.FirstChild != nil {
		child := n.FirstChild
		n.RemoveChild(child)
		n.Parent.InsertBefore(child, n)
	}
	n.Parent.RemoveChild(n)
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

func without(attrs []html.Attribute, key string) []html.Attribute {
	return slices.DeleteFunc(attrs, func(a html.Attribute) bool { return a.Key == key })
}
