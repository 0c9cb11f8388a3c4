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
	p := k.page
	bytes := 4096 + k.beside.size() + len(p.Description) + 16*len(p.Subscribers) + reactionsSize(p.Reactions) + rowSize(p.IssueRow) + familySize(p.Family) + p.links.size()
	for _, row := range p.SubIssues {
		bytes += rowSize(row)
	}
	for _, row := range p.Relations {
		bytes += 256 + len(row.Other.Title)
	}
	for _, row := range p.Attachments {
		bytes += 128 + len(row.Name) + len(row.Type)
	}
	for _, comment := range p.Comments {
		bytes += 256 + len(comment.Body) + reactionsSize(comment.Reactions)
	}
	for _, change := range p.Changes {
		bytes += 256 + valueSize(change.Before) + valueSize(change.After)
		for field, lost := range change.Overwrote {
			bytes += 64 + len(field) + valueSize(lost.Value)
		}
	}
	return bytes
}

func rowSize(row sync.IssueRow) int { return 384 + len(row.Title) + 16*len(row.Labels) }

func reactionsSize(reactions []sync.Reaction) (bytes int) {
	for _, r := range reactions {
		bytes += 48 + len(r.Emoji) + 16*len(r.Members)
	}
	return bytes
}

func familySize(f sync.Family) int {
	bytes := 64 * len(f.Progress)
	for _, parent := range f.Parents {
		bytes += 128 + len(parent.Title)
	}
	for _, blockers := range f.Blockers {
		bytes += 64 + 40*len(blockers)
	}
	return bytes
}

// valueSize is what a value of the log takes.
func valueSize(value any) int {
	bytes := 16
	switch v := value.(type) {
	case string:
		bytes += len(v)
	case []string:
		for _, one := range v {
			bytes += 16 + len(one)
		}
	case []any:
		for _, one := range v {
			bytes += valueSize(one)
		}
	case map[string]any:
		for name, one := range v {
			bytes += 32 + len(name) + valueSize(one)
		}
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
	leaveTexts(found.Changes)
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

// leaveTexts leaves of a description's changes only that it changed, which is all that the page tells: each holds the text twice, and a long one that
// was edited all day would fill the memory.
func leaveTexts(changes []sync.Change) {
	for _, change := range changes {
		for _, values := range []map[string]any{change.Before, change.After} {
			if _, there := values["description"]; there {
				values["description"] = nil
			}
		}
	}
}
