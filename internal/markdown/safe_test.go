package markdown

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// safeAttributes is written anew here, apart from the policy: element -> attribute -> what its value may be.
var (
	anyText        = regexp.MustCompile(`(?s)^.*$`)
	safeAttributes = map[string]map[string]*regexp.Regexp{
		"a": {
			"href":  regexp.MustCompile(`^(?:https?://|mailto:|/(?:[^/\\]|$))`),
			"rel":   regexp.MustCompile(`^nofollow noopener ugc$`),
			"class": regexp.MustCompile(`^(?:issue-ref|mention)(?: closed)?$`),
			"title": anyText,
		},
		"img": {
			"src": regexp.MustCompile(`^https://`), "alt": anyText, "title": anyText, "loading": regexp.MustCompile(`^lazy$`),
			"width": regexp.MustCompile(`^\d{1,4}%?$`), "height": regexp.MustCompile(`^\d{1,4}%?$`),
		},
		"input": {
			"type": regexp.MustCompile(`^checkbox$`), "disabled": anyText, "checked": anyText, "aria-label": regexp.MustCompile(`^(?:Done|To do)$`), "data-line": regexp.MustCompile(`^\d+$`),
		},
		"pre": {"tabindex": regexp.MustCompile(`^0$`)}, "table": {"tabindex": regexp.MustCompile(`^0$`)},
		"code": {"class": regexp.MustCompile(`^language-[\w+#.-]+$`)},
		"ol":   {"start": regexp.MustCompile(`^\d+$`)}, "details": {"open": anyText}, "abbr": {"title": anyText},
	}
	alignment    = regexp.MustCompile(`^(?:left|center|right)$`)
	span         = regexp.MustCompile(`^\d{1,2}$`)
	safeElements = strings.Fields(`a abbr b blockquote br caption cite code dd del details dfn div dl dt em h1 h2 h3 h4 h5 h6 hr i img
		input ins kbd li mark ol p pre q s samp small span strike strong sub summary sup table tbody td tfoot th thead tr tt u ul var`)
	aligned = strings.Fields("p div h1 h2 h3 h4 h5 h6 th td")
)

// checkSafe parses the output as the pages that hold it do, and looks at each element and attribute.
func checkSafe(t *testing.T, text, out string) {
	t.Helper()
	for _, page := range []string{
		`<ul><li><div id="around">%s</div><p id="after"></p></li></ul>`,
		`<table><tbody><tr><td><div id="around">%s</div><p id="after"></p></td></tr></tbody></table>`,
		`<dl><dd><div id="around">%s</div><p id="after"></p></dd></dl>`,
	} {
		document, err := html.Parse(strings.NewReader(strings.Replace(page, "%s", out, 1)))
		if err != nil {
			t.Fatalf("%q: the output %q does not parse: %v", text, out, err)
		}
		around, after := byID(document, "around"), byID(document, "after")
		if around.NextSibling != after || after.FirstChild != nil || after.NextSibling != nil {
			t.Errorf("%q: the output %q ends the element that holds it", text, out)
		}
		if childCount(around.Parent) != 2 || childCount(around.Parent.Parent) != 1 {
			t.Errorf("%q: the output %q adds to what is around it", text, out)
		}
		for n := range around.Descendants() {
			checkNode(t, text, n)
		}
	}
}

func checkNode(t *testing.T, text string, n *html.Node) {
	t.Helper()
	switch n.Type {
	case html.TextNode:
		return
	case html.ElementNode:
	default:
		t.Errorf("%q: a node of type %d", text, n.Type)
	}
	if n.Namespace != "" || !slices.Contains(safeElements, n.Data) {
		t.Errorf("%q: the element %s", text, n.Data)
	}
	for _, a := range n.Attr {
		if !safeAttribute(n.Data, a) {
			t.Errorf("%q: %s has %s=%q", text, n.Data, a.Key, a.Val)
		}
	}
	if n.Data == "input" && (attr(n, "type") != "checkbox" || !has(n, "disabled")) {
		t.Errorf("%q: an input that can be used", text)
	}
	if n.Data == "img" && (attr(n, "src") == "" || !has(n, "alt") || !has(n, "loading")) {
		t.Errorf("%q: an image with %v", text, n.Attr)
	}
	if n.Data == "a" && !has(n, "rel") && !has(n, "class") {
		t.Errorf("%q: a link with %v", text, n.Attr)
	}
}

func safeAttribute(element string, a html.Attribute) bool {
	if form := safeAttributes[element][a.Key]; form != nil {
		return form.MatchString(a.Val)
	}
	switch a.Key {
	case "align":
		return slices.Contains(aligned, element) && alignment.MatchString(a.Val)
	case "colspan", "rowspan":
		return (element == "td" || element == "th") && span.MatchString(a.Val)
	}
	return false
}

func byID(root *html.Node, id string) *html.Node {
	for n := range root.Descendants() {
		if attr(n, "id") == id {
			return n
		}
	}
	return &html.Node{}
}

func childCount(n *html.Node) int {
	count := 0
	for range n.ChildNodes() {
		count++
	}
	return count
}

// everyone resolves all references, one in two of them with every field.
func everyone() References {
	return References{
		Issue: func(key string) (Link, bool) {
			return Link{Href: "/acme/issue/" + key, Title: `<"&'>`, Class: "closed"}, true
		},
		Mention: func(handle string) (Link, bool) { return Link{Href: "/acme/person/" + handle}, true },
	}
}
