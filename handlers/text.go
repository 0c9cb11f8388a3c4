package handlers

import (
	"bytes"
	"context"
	"slices"
	"strings"

	"tandem/internal/markdown"
	"tandem/sync"
	"tandem/views"
)

// textBytes bounds what rendered texts kept in memory hold together.
const textBytes = 32 << 20

// texts renders Markdown, once for each text and what its references lead to. Safe for concurrent use.
type texts struct {
	renderer *markdown.Renderer
	kept     *byteCache[linkedText, views.Text]
	names    *byteCache[string, references]
}

// linkedText is what a rendered text comes from: itself, and what its references lead to. Texts themselves are keys, since they are kept anyway and
// are compared faster than summed.
type linkedText struct{ text, links string }

// references are what a text of a length refers to.
type references struct {
	issues, mentions []string
	length           int
}

func newTexts() *texts {
	return &texts{
		renderer: markdown.New(),
		kept:     newByteCache(textBytes, func(key linkedText, t views.Text) int { return len(t.Source) + len(key.links) + len(t.HTML) + 256 }),
		names:    newByteCache(textBytes/4, func(_ string, r references) int { return r.length + 32*(len(r.issues)+len(r.mentions)) + 128 }),
	}
}

func (t *texts) references(text string) references {
	if known, found := t.names.get(text); found {
		return known
	}
	r := references{length: len(text)}
	r.issues, r.mentions = t.renderer.References(text)
	t.names.add(text, r)
	return r
}

// render draws a text whose references were looked up before.
func (t *texts) render(text string, links links) views.Text {
	r := t.references(text)
	key := linkedText{text, links.words(r)}
	if known, found := t.kept.get(key); found {
		return known
	}
	rendered := views.Text{Source: text, HTML: views.HTML(t.renderer.Render(text, links.resolvers()))}
	t.kept.add(key, rendered)
	return rendered
}

// links are where the references of a page's texts lead, as far as the reader sees what they name.
type links struct {
	issues, mentions map[string]markdown.Link
	to               map[string]sync.IssueTitle
	open             bool // a key leads nowhere as yet, or nowhere that the reader sees
}

// words tell apart what references may lead to.
func (l links) words(r references) string {
	if len(r.issues)+len(r.mentions) == 0 {
		return ""
	}
	var b strings.Builder
	add := func(names []string, to map[string]markdown.Link) {
		for _, name := range names {
			link := to[name]
			for _, part := range []string{name, link.Href, link.Title, link.HTML, link.Class} {
				b.WriteString(part)
				b.WriteByte(0) // which none of them has
			}
		}
		b.WriteByte(1)
	}
	add(r.issues, l.issues)
	add(r.mentions, l.mentions)
	return b.String()
}

func (l links) size() (bytes int) {
	for _, of := range []map[string]markdown.Link{l.issues, l.mentions} {
		for name, link := range of {
			bytes += 128 + len(name) + len(link.Href) + len(link.HTML) + len(link.Title) + len(link.Class)
		}
	}
	for key, title := range l.to {
		bytes += 160 + len(key) + len(title.Title)
	}
	return bytes
}

func (l links) resolvers() markdown.References {
	return markdown.References{
		Issue:   func(key string) (markdown.Link, bool) { link, known := l.issues[key]; return link, known },
		Mention: func(handle string) (markdown.Link, bool) { link, known := l.mentions[handle]; return link, known },
	}
}

// links looks up what texts refer to: the issues in one query, the members in the snapshot.
func (s *Server) links(ctx context.Context, v visit, snapshot sync.Snapshot, all []string) (links, error) {
	var keys, handles []string
	for _, text := range all {
		r := s.texts.references(text)
		keys, handles = append(keys, r.issues...), append(handles, r.mentions...)
	}
	slices.Sort(keys)
	keys = slices.Compact(keys)
	found, err := s.engine.IssuesByKey(ctx, v.Actor, snapshot, keys)
	if err != nil {
		return links{}, err
	}
	l := links{map[string]markdown.Link{}, map[string]markdown.Link{}, found, len(found) < len(keys)}
	for key, title := range found {
		if l.issues[key], err = s.issueLink(ctx, v, named{snapshot}, title); err != nil {
			return links{}, err
		}
	}
	for _, member := range snapshot.Members() {
		if slices.Contains(handles, member.Handle) {
			l.mentions[member.Handle] = markdown.Link{Href: v.slug.MemberSettings(), Title: member.Name}
		}
	}
	return l, nil
}

// issueLink is a chip that says of the issue what its row would: it is struck through once the work has ended.
func (s *Server) issueLink(ctx context.Context, v visit, n named, title sync.IssueTitle) (markdown.Link, error) {
	chip := n.chip(title)
	inner, err := render(ctx, views.IssueChip(s.place(v), chip))
	link := markdown.Link{Href: v.slug.Issue(chip.Key), HTML: string(bytes.TrimSpace(inner))}
	if chip.Closed() {
		link.Class = "issue-ref--closed"
	}
	return link, err
}
