package handlers

import (
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"tandem/sync"
	"tandem/views"
)

// unchanged is how many bytes of an unchanged stretch are shown on either side of a change.
const unchanged = 200

func (s *Server) showDescriptionHistory(c echo.Context, v visit) error {
	id, err := sync.ParseIssueID(c.Param("key"))
	if err != nil {
		return err
	}
	found, err := s.engine.DescriptionHistory(c.Request().Context(), v.Actor, id, placeOf(c))
	if err != nil {
		return err
	}
	key := found.Key(found.Issue.Team, found.Issue.Number)
	d := views.TextHistoryData{What: "description", Back: v.slug.Issue(key), Restore: views.Write{URL: v.slug.SetIssue(key, "description")}}
	return s.textHistory(c, v, found, d, func(after string) string { return v.slug.IssueHistory(key, after) })
}

func (s *Server) showCommentHistory(c echo.Context, v visit) error {
	id, err := uuid.Parse(c.Param("id"))
	if err != nil {
		return errNotThere
	}
	found, err := s.engine.CommentHistory(c.Request().Context(), v.Actor, id, placeOf(c))
	if err != nil {
		return err
	}
	key := found.Key(found.Issue.Team, found.Issue.Number)
	d := views.TextHistoryData{What: "comment", Back: v.slug.CommentOn(key, id.String())}
	if found.Author == found.Me().ID {
		d.Restore.URL = v.slug.SetComment(id.String(), "body")
	}
	return s.textHistory(c, v, found, d, func(after string) string { return v.slug.CommentHistory(id.String(), after) })
}

// placeOf reads where a page of versions begins; what cannot be read is the beginning.
func placeOf(c echo.Context) (place sync.TextPlace) {
	if _, err := fmt.Sscanf(c.QueryParam("after"), "%d.%d", &place.Version, &place.Ordinal); err != nil {
		return sync.TextPlace{}
	}
	return place
}

func (s *Server) textHistory(c echo.Context, v visit, found sync.TextHistory, d views.TextHistoryData, here func(after string) string) error {
	n := named{found.Snapshot}
	d.Issue, d.Title, d.Field, d.Cut = n.Key(found.Issue.Team, found.Issue.Number), found.Issue.Title, found.Field, found.Cut
	page := s.frame(c, v, found.Snapshot, "History of "+d.Issue, "")
	d.Restore.TX, d.Restore.Base, d.Restore.From = page.TX, found.Issue.Version, &found.Current
	if found.Frozen {
		d.Restore.URL = ""
	}
	for _, version := range found.Versions {
		d.Versions = append(d.Versions, views.TextVersion{By: n.member(version.Member), At: version.At.In(n.zone(found.Issue.Team)), Imported: version.Imported,
			Made: version.Made, Diff: stretches(version), Source: version.Text, Shown: version.Text == found.Current})
	}
	if found.Next != (sync.TextPlace{}) {
		d.Earlier = here(fmt.Sprintf("%d.%d", found.Next.Version, found.Next.Ordinal))
	}
	return s.page(c, http.StatusOK, found.Snapshot, views.TextHistoryPage(page, d))
}

// stretches are what became of a text, with what stayed shortened to what lies around the changes.
func stretches(version sync.TextVersion) []views.Stretch {
	if version.Made {
		return []views.Stretch{{Text: version.Text}}
	}
	parts := sync.Compare(version.Before, version.Text)
	shown := make([]views.Stretch, len(parts))
	for i, part := range parts {
		shown[i] = views.Stretch{Kind: [...]string{sync.Kept: "", sync.Gone: "del", sync.Come: "ins"}[part.Kind], Text: part.Text}
		if part.Kind == sync.Kept {
			shown[i].Text = around(part.Text, i > 0, i < len(parts)-1)
		}
	}
	return shown
}

// around leaves of an unchanged stretch its beginning, if a change lies before it, and its end, if one follows.
func around(text string, after, before bool) string {
	if len(text) <= 2*unchanged+50 {
		return text
	}
	var left strings.Builder
	if after {
		left.WriteString(text[:runeStart(text, unchanged)])
	}
	left.WriteString(" … ")
	if before {
		left.WriteString(text[runeStart(text, len(text)-unchanged):])
	}
	return left.String()
}

// runeStart is the first place at or after i where a text can be cut.
func runeStart(text string, i int) int {
	for i < len(text) && !utf8.RuneStart(text[i]) {
		i++
	}
	return i
}
