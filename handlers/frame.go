package handlers

import (
	"context"
	"slices"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"tandem/sync"
	"tandem/views"
)

func (s *Server) place(v visit) views.Place { return views.Place{Workspace: v.slug, Build: s.build} }

// bare is the frame of a page outside of every workspace.
func (s *Server) bare(c echo.Context, title string) views.BarePage {
	return views.BarePage{Build: s.build, Title: title, Appearance: appearanceOf(c)}
}

// frame is the frame of a page inside of a workspace. It mints the id under which the page's forms may be sent once.
func (s *Server) frame(c echo.Context, v visit, snapshot sync.Snapshot, title, here string) views.Page {
	n := named{snapshot}
	name, _ := snapshot.Workspace()
	tx := uuid.Must(uuid.NewV7()).String()
	rememberWorkspace(c, v)
	unread, favourites, waiting := s.sidebar(c, v)
	return views.Page{
		Place: s.place(v), Title: title, Appearance: appearanceOf(c), NoKeys: v.person.NoKeys, Preload: s.assets.Preload(), WorkspaceName: name, Viewer: memberOf(snapshot.Me()),
		Admin: snapshot.Admin(),
		Epoch: snapshot.Epoch.String(), Version: snapshot.Version, Clock: snapshot.At, TX: tx, Teams: n.teams(), Views: n.allViews(), Here: here,
		Unread: unread, Favourites: favourites, Waiting: waiting,
		Vocabulary: views.VocabularyData{Region: views.Region{Topics: []string{"vocabulary"}}, Deferred: true},
		NewIssue:   n.newIssue("dialog", tx),
		Flash:      takeFlash(c),
	}
}

// sidebar is what the sidebar shows of the viewer alone. A page is shown without it rather than not at all.
func (s *Server) sidebar(c echo.Context, v visit) (unread views.UnreadData, favourites views.FavouriteListData, waiting map[string]views.TriageCountData) {
	beside, err := s.engine.Sidebar(c.Request().Context(), v.Actor)
	if err != nil {
		s.logger.WarnContext(c.Request().Context(), "reading what the sidebar shows failed", "err", err)
		return unread, favourites, waiting
	}
	return unreadData(beside.Unread, v), favouriteList(beside.Favourites, v, ""), triageCounts(beside)
}

// rememberWorkspace notes where / leads the next time.
func rememberWorkspace(c echo.Context, v visit) {
	if last, err := c.Cookie(lastCookie); err != nil || last.Value != string(v.slug) {
		c.SetCookie(newCookie(c, lastCookie, string(v.slug), 365*24*60*60))
	}
}

// look is the frame of a page that shows nothing beside it.
func (s *Server) look(c echo.Context, v visit, title, here string) (views.Page, sync.Snapshot, error) {
	snapshot, err := s.engine.Look(c.Request().Context(), v.Actor)
	if err != nil {
		return views.Page{}, snapshot, err
	}
	return s.frame(c, v, snapshot, title, here), snapshot, nil
}

// family reads what the rows of a reading show of the issues around theirs.
func (s *Server) family(ctx context.Context, v visit, of sync.Snapshot, rows ...[]sync.IssueRow) (sync.Family, error) {
	return s.engine.Family(ctx, v.Actor, of, slices.Concat(rows...))
}
