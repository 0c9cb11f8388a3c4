package github

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"tandem/internal/importer"
)

// tidy changes as little as can be: the database takes no NUL, and lines end in LF. It remembers that there was a NUL.
func (p *parser) tidy(text string) string {
	if strings.ContainsRune(text, 0) {
		p.nul = true
		text = strings.ReplaceAll(text, "\x00", "")
	}
	return strings.ReplaceAll(text, "\r\n", "\n")
}

// fit cuts a text that the product cannot hold, and says so both in the report and at the end of the text, where the people
// look who were not there at the import.
func (p *parser) fit(what, part, text, url string) string {
	if len(text) <= importer.MaxText {
		return text
	}
	p.note(what, fmt.Sprintf("%s has %d bytes, the limit is %d: it was cut, with a note at its end", part, len(text), importer.MaxText))
	end := fmt.Sprintf("\n\n*(Cut by the import: the text has %d bytes, the limit is %d. %s)*", len(text), importer.MaxText, original(url))
	return cutAt(text, importer.MaxText-len(end)) + end
}

// original says where the whole text is. Something too long to be an address must not crowd out the text itself.
func original(url string) string {
	const most = 1000
	if url == "" || len(url) > most {
		return ""
	}
	return "The whole of it: " + url
}

// cutAt keeps whole characters, and whole lines if that costs little.
func cutAt(text string, limit int) string {
	for limit > 0 && !utf8.RuneStart(text[limit]) {
		limit--
	}
	text = text[:limit]
	if i := strings.LastIndexByte(text, '\n'); i > limit*3/4 {
		return text[:i]
	}
	return text
}

// shorten makes a title fit, with an ellipsis as its last character.
func shorten(title string) (string, bool) {
	if utf8.RuneCountInString(title) <= importer.MaxTitle {
		return title, false
	}
	return string([]rune(title)[:importer.MaxTitle-1]) + "…", true
}
