package markdown

import (
	"regexp"

	"github.com/microcosm-cc/bluemonday"
)

// newPolicy names all that may come out. Elements that would need a form, a script, a frame or a style to be of use are not
// among them; neither is any attribute that could carry one.
func newPolicy() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements(
		"p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "div", "span",
		"strong", "b", "em", "i", "u", "s", "strike", "del", "ins", "mark", "small", "sub", "sup",
		"code", "kbd", "samp", "var", "q", "cite", "abbr", "dfn", "tt",
		"ul", "ol", "li", "dl", "dt", "dd", "details", "summary",
		"table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td",
	)
	allowBlocks(p)
	allowLinks(p)
	allowTasks(p)
	return p
}

func allowBlocks(p *bluemonday.Policy) {
	p.AllowAttrs("class").Matching(regexp.MustCompile(`^language-[\w+#.-]{1,40}$`)).OnElements("code")
	p.AllowAttrs("align").Matching(regexp.MustCompile(`^(?:left|center|right)$`)).
		OnElements("p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "th", "td")
	p.AllowAttrs("colspan", "rowspan").Matching(regexp.MustCompile(`^[1-9][0-9]?$`)).OnElements("th", "td")
	p.AllowAttrs("start").Matching(regexp.MustCompile(`^[0-9]{1,9}$`)).OnElements("ol")
	p.AllowAttrs("open").Matching(regexp.MustCompile(`^(?:open)?$`)).OnElements("details")
	p.AllowAttrs("title").OnElements("a", "abbr", "img")
}

// allowLinks lets a link lead to the web, to a mailbox, or to a page of ours. A path such as "../x" is one of the site where
// the text was first written, so it would lead nowhere. An image is one of the web, or
// a file that was attached here: whoever may not see that gets no answer.
func allowLinks(p *bluemonday.Policy) {
	p.RequireParseableURLs(true)
	p.AllowRelativeURLs(true)
	p.AllowURLSchemes("http", "https", "mailto")
	p.AllowAttrs("href").Matching(regexp.MustCompile(`(?i)^\s*(?:https?://[^/?#\s]|mailto:|/[^/\\]|/$)`)).OnElements("a")
	p.AllowAttrs("src").Matching(regexp.MustCompile(`(?i)^\s*https://[^/?#\s]|^/[a-z][a-z0-9-]+/attachment/[0-9a-f-]{36}/[^/?#\s\\]+$`)).OnElements("img")
	p.AllowAttrs("alt").OnElements("img")
	p.AllowAttrs("width", "height").Matching(regexp.MustCompile(`^[0-9]{1,4}%?$`)).OnElements("img")
	// An image of any other source, and a link of any other scheme, stays as an element for finish.go to take apart.
	p.AllowNoAttrs().OnElements("a", "img")
}

// allowTasks lets the boxes of task lists pass. finish.go makes sure that they are nothing else.
func allowTasks(p *bluemonday.Policy) {
	p.AllowAttrs("type").Matching(regexp.MustCompile(`^checkbox$`)).OnElements("input")
	p.AllowAttrs("checked").Matching(regexp.MustCompile(`^(?:checked)?$`)).OnElements("input")
}
