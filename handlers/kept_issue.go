package handlers

import (
	"context"

	"tandem/sync"
)

// keptIssueBytes bounds what readings of issues that are kept hold together.
const keptIssueBytes = 24 << 20

// keptIssue is the reading of an issue's page, for all who have the same rights: with the topics of what it shows, one look tells whether it is
// still true. It keeps no snapshot, which holds all names of a workspace.
type keptIssue struct {
	beside
	page issuePage
}

func newKeptIssues() *byteCache[lookKey, keptIssue] {
	return newByteCache(keptIssueBytes, func(key lookKey, k keptIssue) int { return key.size() + k.size() })
}

func (k keptIssue) size() int {
	bytes := k.beside.size() + len(k.page.Description) + 512*(len(k.page.Changes)+len(k.page.SubIssues)+len(k.page.Relations)+len(k.page.Attachments)+len(k.page.links.issues)) + 4096
	for _, comment := range k.page.Comments {
		bytes += len(comment.Body) + 256
	}
	return bytes
}

// issue reads an issue's page, unless a reading is kept that is still true.
func (s *Server) issue(ctx context.Context, v visit, key string) (issuePage, error) {
	id, err := sync.ParseIssueID(key)
	if err != nil {
		return issuePage{}, err
	}
	class := s.engine.RightsClass(v.Actor)
	kept, known := s.issues.get(lookKey{v.Workspace, class, id})
	if !known {
		return s.readIssue(ctx, v, id, id)
	}
	title, fresh, err := s.issueFreshness(ctx, v, id, kept.topics)
	if err != nil {
		return issuePage{}, err
	}
	if title.ID != kept.page.ID || fresh.Rights != class || !kept.holds(fresh) {
		return s.readIssue(ctx, v, id, sync.IssueID{ID: title.ID})
	}
	kept.page.Snapshot = fresh.Snapshot
	return kept.page, nil
}

// readIssue reads an issue's page, and keeps the reading under the name that was asked for. One with shares is not kept: how often they were
// looked at is no change of anything. Nor is one with a key that leads nowhere: no topic says that the issue has come.
func (s *Server) readIssue(ctx context.Context, v visit, asked, id sync.IssueID) (issuePage, error) {
	found, err := s.engine.Issue(ctx, v.Actor, id)
	if err != nil {
		return issuePage{}, err
	}
	all := []string{found.Description}
	for _, comment := range found.Comments {
		all = append(all, comment.Body)
	}
	links, err := s.links(ctx, v, found.Snapshot, all)
	page := issuePage{IssuePage: found, slug: v.slug, texts: s.texts, links: links, read: found.Snapshot.Version}
	if err != nil || len(found.Shares) > 0 || links.open {
		return page, err
	}
	kept := keptIssue{beside{found.Epoch, found.Snapshot.Version, page.beside()}, page}
	kept.page.Snapshot = sync.Snapshot{}
	s.issues.add(lookKey{v.Workspace, found.Rights, asked}, kept)
	return page, nil
}
