package handlers

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"github.com/a-h/templ"
	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"tandem/sync"
	"tandem/views"
)

func (s *Server) showFavourites(c echo.Context, v visit) error {
	favourites, err := s.engine.Favourites(c.Request().Context(), v.Actor)
	if err != nil {
		return err
	}
	page := s.frame(c, v, favourites.Snapshot, "Favourites", "favourites")
	return s.page(c, http.StatusOK, favourites.Snapshot, views.FavouritesPage(page, favouriteList(favourites, v, page.TX)))
}

func (s *Server) showFavouritesFragment(c echo.Context, v visit) error {
	return s.favouriteFragment(c, v, "favourites", func(d views.FavouriteListData) templ.Component { return views.FavouriteList(s.place(v), d) })
}

func (s *Server) showSidebarFragment(c echo.Context, v visit) error {
	return s.favouriteFragment(c, v, "sidebar", func(d views.FavouriteListData) templ.Component { return views.SidebarFavourites(s.place(v), d) })
}

func (s *Server) favouriteFragment(c echo.Context, v visit, name string, draw func(views.FavouriteListData) templ.Component) error {
	if err := onlyMine(c, v); err != nil {
		return err
	}
	favourites, err := s.engine.Favourites(c.Request().Context(), v.Actor)
	if err != nil {
		return err
	}
	data := favouriteList(favourites, v, "")
	beside := data.Region.Topics
	for _, one := range favourites.Rows {
		beside = append(beside, one.ID.String())
	}
	fresh := sync.Freshness{Snapshot: favourites.Snapshot, Stale: favourites.Stale}
	return s.fragment(c, fragment{fresh: fresh, name: name + " " + v.Workspace.String() + " " + v.Member.String(), beside: beside,
		draw: func(context.Context) (sync.Snapshot, templ.Component, error) {
			return favourites.Snapshot, draw(data), nil
		}})
}

// showStarFragment tells only whether something is among the viewer's favourites, so it need not be there to be seen.
func (s *Server) showStarFragment(c echo.Context, v visit) error {
	if err := onlyMine(c, v); err != nil {
		return err
	}
	favourites, err := s.engine.Favourites(c.Request().Context(), v.Actor)
	if err != nil {
		return err
	}
	data := starOf(favouriteList(favourites, v, ""), favourites.Version, c.Param("target"))
	fresh := sync.Freshness{Snapshot: favourites.Snapshot, Marks: or(data.Favourite, "none")}
	return s.fragment(c, fragment{fresh: fresh, name: "star " + v.Workspace.String() + " " + v.Member.String() + " " + data.Target,
		draw: func(context.Context) (sync.Snapshot, templ.Component, error) {
			return favourites.Snapshot, views.Star(s.place(v), data), nil
		}})
}

func (s *Server) createFavourite(c echo.Context, v visit) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	_, result, err := s.create(c.Request().Context(), v, f, "favourite", "Add to favourites", f.given("issue", "view", "team", "project", "cycle", "folder"))
	if err != nil {
		return s.refused(c, v, f, "Add to favourites", err)
	}
	return s.wroteSetting(c, v.slug.Favourites(), "Add to favourites", result)
}

// setFavourite takes the form of one write to a favourite: its folder, or its way out and back.
func (s *Server) setFavourite(noun string) memberHandler {
	label := map[string]string{"": "Set folder", "trash": "Remove from favourites", "restore": "Add to favourites"}[noun]
	return func(c echo.Context, v visit) error {
		f, err := readForm(c)
		if err != nil {
			return err
		}
		id, err := uuid.Parse(c.Param("id"))
		if err != nil {
			return s.refused(c, v, f, label, errNotThere)
		}
		result, err := s.apply(c.Request().Context(), v, f, label, f.namedOps(noun, sync.NewRef("favourite", id), []string{"folder"}))
		if err != nil {
			return s.refused(c, v, f, label, err)
		}
		return s.wroteSetting(c, v.slug.Favourites(), label, result)
	}
}

// moveFavourite puts a favourite one step up or down in its folder, as that is now.
func (s *Server) moveFavourite(c echo.Context, v visit) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	favourites, err := s.engine.Favourites(c.Request().Context(), v.Actor)
	if err != nil {
		return err
	}
	rows := arranged(favourites.Rows)
	at := slices.IndexFunc(rows, func(one sync.Favourite) bool { return one.ID.String() == c.Param("id") })
	if at < 0 {
		return s.refused(c, v, f, "Move favourite", errNotThere)
	}
	to := at + map[string]int{"up": -1, "down": 1}[f.Get("to")]
	if to < 0 || to == at || to >= len(rows) || rows[to].Folder != rows[at].Folder {
		return seeOther(c, back(c, v.slug.Favourites()))
	}
	result, err := s.apply(c.Request().Context(), v, f, "Move favourite", swapped(rows, at, to, favourites.Version))
	if err != nil {
		return s.refused(c, v, f, "Move favourite", err)
	}
	return s.wroteSetting(c, v.slug.Favourites(), "Move favourite", result)
}

// swapped lets two favourites change places. All are counted anew where two have one position, which two devices can make.
func swapped(rows []sync.Favourite, at, to int, base int64) []sync.Operation {
	put := func(one sync.Favourite, position int64) sync.Operation {
		return sync.Operation{Op: sync.Set, Record: sync.NewRef("favourite", one.ID), Base: &base, Set: map[string]any{"position": position}}
	}
	if rows[at].Position != rows[to].Position {
		return []sync.Operation{put(rows[at], rows[to].Position), put(rows[to], rows[at].Position)}
	}
	var ops []sync.Operation
	rows[at], rows[to] = rows[to], rows[at]
	for i, one := range rows {
		ops = append(ops, put(one, int64(i+1)))
	}
	return ops
}

// arranged are favourites as they are shown: first those of no folder, then folder by folder, each where its first one stands.
func arranged(rows []sync.Favourite) []sync.Favourite {
	places := map[string]int{"": -1}
	for i, one := range rows {
		if _, known := places[one.Folder]; !known {
			places[one.Folder] = i
		}
	}
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(a, b sync.Favourite) int { return cmp.Compare(places[a.Folder], places[b.Folder]) })
	return rows
}

func favouriteList(favourites sync.Favourites, v visit, tx string) views.FavouriteListData {
	n := named{favourites.Snapshot}
	d := views.FavouriteListData{Member: v.Member.String(), TX: tx,
		Region: views.Region{Topics: []string{string(sync.NewRef("member", v.Member)), "vocabulary"}, Version: favourites.Version}}
	for _, one := range arranged(favourites.Rows) {
		d.Items = append(d.Items, n.favourite(one))
		if one.Issue.ID != uuid.Nil {
			d.Region.Topics = append(d.Region.Topics, string(one.Target))
		}
	}
	return d
}

func (n named) favourite(one sync.Favourite) views.FavouriteData {
	d := views.FavouriteData{ID: idOf(one.ID), Version: one.Version, Target: string(one.Target), Folder: one.Folder, Team: teamOf(one.Team)}
	switch {
	case one.Issue.ID != uuid.Nil:
		d.Issue = views.IssueChipData{Key: n.Key(one.Issue.Team, one.Issue.Number), Title: one.Issue.Title, Status: n.status(one.Issue.Status)}
	case one.View.ID != uuid.Nil:
		d.View = views.SavedViewLink{SavedView: savedView(one.View), Query: viewQuery(one.View)}
	case one.Project.ID != uuid.Nil:
		d.Project = projectOf(one.Project)
	case one.Cycle.ID != uuid.Nil:
		d.Cycle = cycleName(one.Cycle)
	}
	return d
}

// star is the button of a page's target. The viewer's favourites are read a moment after the page, so the older V counts.
func star(page views.Page, target sync.Ref) views.StarData {
	d := starOf(page.Favourites, min(page.Version, page.Favourites.Region.Version), string(target))
	d.TX = page.TX
	return d
}

func starOf(list views.FavouriteListData, version int64, target string) views.StarData {
	d := views.StarData{Member: list.Member, Target: target, Region: views.Region{Topics: []string{"member:" + list.Member}, Version: version}}
	if at := slices.IndexFunc(list.Items, func(one views.FavouriteData) bool { return one.Target == target }); at >= 0 {
		d.Favourite = list.Items[at].ID
	}
	return d
}

// starred is what the star of a team's page stands for: the saved view or the cycle that it shows, else the team's list.
func starred(t teamIssues, query views.Query) sync.Ref {
	id, _ := uuid.Parse(query.Saved)
	if view, seen := t.View(id); seen && view.Team == t.Team.ID {
		return sync.NewRef("view", view.ID)
	}
	if called, one := cycleOf(query); one {
		if cycle, known := t.CycleCalled(t.Team.ID, called); known {
			return sync.NewRef("cycle", cycle.ID)
		}
	}
	return sync.NewRef("team", t.Team.ID)
}
