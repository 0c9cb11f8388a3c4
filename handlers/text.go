package handlers

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"slices"

	"tandem/internal/markdown"
	"tandem/sync"
	"tandem/views"
)

// textBytes bounds what rendered texts kept in memory hold together.
const textBytes = 32 << 20

// texts renders Markdown, once for each text and what its references lead to. Safe for concurrent use.
type texts struct {
	renderer *markdown.Renderer
	kept     *byteCache[[32]byte, views.HTML]
	names    *byteCache[[32]byte, references]
}

// references are what a text refers to.
type references struct{ issues, mentions []string }

func newTexts() *texts {
	return &texts{
		renderer: markdown.New(),
		kept:     newByteCache[[32]byte](textBytes, func(h views.HTML) int { return len(h) + 128 }),
		names:    newByteCache[[32]byte](textBytes/4, func(r references) int { return 32*(len(r.issues)+len(r.mentions)) + 128 }),
	}
}

func (t *texts) references(text string) references {
	key := sha256.Sum256([]byte(text))
	if known, found := t.names.get(key); found {
		return known
	}
	var r references
	r.issues, r.mentions = t.renderer.References(text)
	t.names.add(key, r)
	return r
}

// render draws a text whose references were looked up before.
func (t *texts) render(text string, links links) views.Text {
	r := t.references(text)
	sum := sha256.New()
	fmt.Fprintf(sum, "%s\x00", text)
	for _, key := range r.issues {
		fmt.Fprintf(sum, "%s %+v\x00", key, links.issues[key])
	}
	for _, handle := range r.mentions {
		fmt.Fprintf(sum, "%s %+v\x00", handle, links.mentions[handle])
	}
	key := [32]byte(sum.Sum(nil))
	rendered, found := t.kept.get(key)
	if !found {
		rendered = views.HTML(t.renderer.Render(text, links.resolvers()))
		t.kept.add(key, rendered)
	}
	return views.Text{Source: text, HTML: rendered}
}

// links are where the references of a page's texts lead, as far as the reader sees what they name.
type links struct {
	issues, mentions map[string]markdown.Link
	to               map[string]sync.IssueTitle
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
	found, err := s.engine.IssuesByKey(ctx, v.Actor, snapshot, slices.Compact(keys))
	if err != nil {
		return links{}, err
	}
	l := links{map[string]markdown.Link{}, map[string]markdown.Link{}, found}
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
