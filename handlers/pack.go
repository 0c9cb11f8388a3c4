package handlers

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"tandem/sync"
	"tandem/views"
)

// packBatch bounds how many issues are asked for at once.
const packBatch = 25

// pack lists what a browser keeps for reading offline, and as of when each part of it is stale: it asks for what it lacks or holds
// from before that. The list is also what an offline search looks at.
type pack struct {
	Version int64       `json:"version"`
	Epoch   string      `json:"epoch"`
	Build   views.Build `json:"build"`
	Shown   []string    `json:"shown"` // where one of an earlier list is missing nothing that was kept may stay
	Pages   []packPage  `json:"pages"`
	Issues  []packIssue `json:"issues"`
}

// packPage is a list or another part that is kept as it comes from its own URL.
type packPage struct {
	Path  string `json:"path"`
	Stale int64  `json:"stale"`
}

// packIssue is an open issue: its page comes from showPackIssues.
type packIssue struct {
	packPage
	Key    string         `json:"key"`
	Record sync.Ref       `json:"record"`
	Set    map[string]any `json:"set"` // what its row shows
}

// showPack answers with the list, or with a 304 when nothing at all changed.
func (s *Server) showPack(c echo.Context, v visit) error {
	now, err := s.engine.Look(c.Request().Context(), v.Actor)
	if err != nil {
		return err
	}
	tag := s.tag(sync.Freshness{Snapshot: now, Stale: now.Version})
	if had, ok := held(c.Request().Header.Get("If-None-Match"), tag); ok {
		c.Response().Header().Set("ETag", had)
		setVersion(c, now.Version)
		return c.NoContent(http.StatusNotModified)
	}
	found, err := s.engine.Pack(c.Request().Context(), v.Actor)
	if err != nil {
		return err
	}
	setVersion(c, found.Version)
	c.Response().Header().Set("ETag", etag(s.tag(sync.Freshness{Snapshot: found.Snapshot, Stale: found.Version}), ""))
	return sendJSON(c, s.packOf(v, found))
}

func (s *Server) packOf(v visit, found sync.Pack) pack {
	p := pack{Version: found.Version, Epoch: found.Epoch.String(), Build: s.build, Shown: found.Shown,
		Pages: []packPage{{v.slug.Vocabulary(), found.Names}, {v.slug.Home("", ""), found.Mine}}, Issues: []packIssue{}}
	for _, view := range myViews {
		stale := found.Mine
		if ofTeams(view) {
			stale = found.Seen
		}
		p.Pages = append(p.Pages, packPage{v.slug.Home(view, ""), stale})
	}
	for _, team := range found.Teams {
		for _, view := range []string{views.ListView, views.BoardView} {
			p.Pages = append(p.Pages, packPage{v.slug.Team(team.Key, views.Query{View: view}), team.Stale})
		}
	}
	for _, team := range found.Teams {
		if team.Cycles.Weeks > 0 {
			p.Pages = append(p.Pages, packPage{v.slug.TeamCycles(team.Key, ""), team.Stale})
		}
	}
	for _, issue := range found.Issues {
		key := found.Key(issue.Team, issue.Number)
		p.Issues = append(p.Issues, packIssue{packPage{v.slug.Issue(key), issue.Stale}, key, sync.NewRef("issue", issue.ID), packRow(issue.IssueRow)})
	}
	return p
}

// packRow are the fields of an issue's row, as the protocol names them.
func packRow(row sync.IssueRow) map[string]any {
	set := map[string]any{"team": sync.NewRef("team", row.Team), "title": row.Title, "status": sync.NewRef("status", row.Status), "priority": row.Priority}
	if id := idOf(row.Assignee); id != "" {
		set["assignee"] = sync.NewRef("member", row.Assignee)
	}
	if id := idOf(row.Cycle); id != "" {
		set["cycle"] = sync.NewRef("cycle", row.Cycle)
	}
	labels := []sync.Ref{}
	for _, id := range row.Labels {
		labels = append(labels, sync.NewRef("label", id))
	}
	set["labels"] = labels
	return set
}

// packedIssue is an issue's page without the frame that all pages share.
type packedIssue struct {
	Path    string    `json:"path"`
	Version int64     `json:"version"`
	Clock   time.Time `json:"clock"`
	Main    string    `json:"main"`
}

// showPackIssues answers with the pages of the issues that are named; what the reader does not see is left out.
func (s *Server) showPackIssues(c echo.Context, v visit) error {
	keys := c.QueryParams()["key"]
	if len(keys) > packBatch {
		return refuse(http.StatusBadRequest, sync.CodeMalformed, "At most 25 issues are told at once.")
	}
	packed := []packedIssue{}
	for _, key := range keys {
		issue, err := s.packIssue(c.Request().Context(), v, key)
		if told, ok := errors.AsType[*sync.Error](err); ok && told.Kind == sync.NotFound {
			continue
		}
		if err != nil {
			return err
		}
		packed = append(packed, issue)
	}
	return sendJSON(c, packed)
}

func (s *Server) packIssue(ctx context.Context, v visit, key string) (packedIssue, error) {
	f, title, err := s.issueRegion(ctx, v, key)
	if err != nil {
		return packedIssue{}, err
	}
	drawn, err := s.draw(ctx, f)
	if err != nil {
		return packedIssue{}, err
	}
	shown, key := drawn.at(f.fresh.Version), f.fresh.Key(title.Team, title.Number)
	main, err := render(ctx, views.PackPage(s.place(v), views.HTML(shown.body), views.ComposerData{IssueID: idOf(title.ID), IssueKey: key}))
	return packedIssue{v.slug.Issue(key), shown.version, f.fresh.At, string(main)}, err
}
