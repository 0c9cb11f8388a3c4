package handlers

import (
	"fmt"
	"html"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"tandem/sync"
	"tandem/views"
)

// createShare makes a share of an issue. Its token is stored hashed, so the page that answers is the only one with the
// link on it.
func (s *Server) createShare(c echo.Context, v visit) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	issue, err := s.issue(c.Request().Context(), v, c.Param("key"))
	if err != nil {
		return err
	}
	if err := s.limit.take(v.person.ID, 1); err != nil {
		return err
	}
	origins := strings.Fields(strings.ToLower(f.text("allowed_origins")))
	for i, origin := range origins {
		origins[i] = strings.TrimSuffix(origin, "/")
	}
	token, err := s.engine.Share(c.Request().Context(), v.Actor, v.client(), sync.NewRef("issue", issue.ID), "", origins)
	if fields, mendable := wrongFields(err); mendable {
		return s.shareAnswer(c, v, http.StatusUnprocessableEntity, issue, func(d *views.ShareListData) {
			d.Origins, d.Error = f.text("allowed_origins"), firstOf(fields)
		})
	}
	if err != nil {
		return err
	}
	if issue, err = s.issue(c.Request().Context(), v, issue.ID.String()); err != nil {
		return err
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	return s.shareAnswer(c, v, http.StatusOK, issue, func(d *views.ShareListData) { d.Fresh = s.freshShare(c, issue, token) })
}

func (s *Server) shareAnswer(c echo.Context, v visit, status int, issue issuePage, with func(*views.ShareListData)) error {
	if !fromHTMX(c) {
		return s.issuePage(c, v, status, issue, func(d *views.IssuePageData) { with(&d.Shares) })
	}
	shares := issue.shares("")
	with(&shares)
	return s.html(c, status, views.ShareList(s.place(v), shares))
}

// freshShare are the ways to show a share elsewhere.
func (s *Server) freshShare(c echo.Context, issue issuePage, token sync.Token) views.FreshShare {
	address := s.base(c) + views.EmbedPath(string(token))
	link, title := html.EscapeString(address), html.EscapeString(issue.key()+" "+issue.Title)
	return views.FreshShare{
		URL: address,
		Frame: fmt.Sprintf(`<iframe src="%s" title="%s" loading="lazy" width="100%%" height="72" frameborder="0" `+
			`sandbox="allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox" referrerpolicy="strict-origin"></iframe>`, link, title),
	}
}

func (s *Server) revokeShare(c echo.Context, v visit) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	id, err := uuid.Parse(c.Param("id"))
	if err != nil {
		return errNotThere
	}
	result, err := s.apply(c.Request().Context(), v, f, "Revoke share", []sync.Operation{{Op: sync.Delete, Record: sync.NewRef("share", id)}})
	if err != nil {
		return err
	}
	if fromHTMX(c) {
		return seeOther(c, pageBehind(c))
	}
	setFlash(c, said("Revoke share", result), uuid.Nil)
	return c.Redirect(http.StatusSeeOther, back(c, v.slug.Home("", "")))
}

func (p issuePage) shares(tx string) views.ShareListData {
	n := named{p.Snapshot}
	d := views.ShareListData{IssueKey: p.key(), TX: tx}
	for _, share := range p.Shares {
		seconds, nanos := share.ID.Time().UnixTime()
		d.Shares = append(d.Shares, views.Share{ID: idOf(share.ID), Origins: strings.Join(share.Origins, " "), By: n.member(share.Author),
			Created: time.Unix(seconds, nanos).In(n.zone(p.IssueRow.Team))})
	}
	return d
}
