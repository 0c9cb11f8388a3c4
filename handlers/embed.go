package handlers

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"
	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"tandem/sync"
	"tandem/views"
)

// showEmbed is what a share shows to anybody who has its link: a small document; with ?fragment= its live part; with ?shadow= that as another site's server
// puts it into its pages; with .svg behind the token an image. It reads no cookie and sets none, so that an embed never acts as somebody.
func (s *Server) showEmbed(c echo.Context) error {
	name, badge := strings.CutSuffix(c.Param("token"), ".svg")
	token := sync.Token(name)
	h := c.Response().Header()
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Robots-Tag", "noindex")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	if badge {
		return s.showBadge(c, token)
	}
	share, ended, err := s.shared(c, token)
	if err != nil {
		return err
	}
	if ended {
		return s.endedEmbed(c, token)
	}
	h.Set("Content-Security-Policy", policy+framers(share.Origins))
	readableBy(c, share.Origins)
	s.countView(c, share, false)
	body, err := render(c.Request().Context(), embedded(c, s.embed(c, token, share)))
	if err != nil {
		return err
	}
	return s.tagged(c, htmlType, body)
}

// embedded is an embed as it was asked for.
func embedded(c echo.Context, data views.EmbedData) templ.Component {
	switch {
	case c.QueryParam("shadow") != "":
		return views.EmbedShadow(data)
	case c.QueryParam("fragment") != "":
		return views.Embed(data)
	}
	return views.EmbedPage(data)
}

// readableBy lets scripts of a share's sites read the answer, where it is no whole page. They are never given a cookie along, so nobody's rights go with it.
func readableBy(c echo.Context, origins []string) {
	h := c.Response().Header()
	h.Add("Vary", "Origin")
	origin := c.Request().Header.Get("Origin")
	if origin == "" || c.QueryParam("fragment") == "" && !strings.HasSuffix(c.Path(), "/events") {
		return
	}
	if slices.Contains(origins, "*") || slices.Contains(origins, origin) {
		h.Set("Access-Control-Allow-Origin", origin)
		h.Set("Timing-Allow-Origin", origin) // which tells the protocol, and so how many streams there may be
	}
}

// countView counts a look at a share, but for what keeps an open one fresh, and for those who only ask whether there is something.
func (s *Server) countView(c echo.Context, share sync.SharePage, badge bool) {
	if asked := c.Request().Context().Value(headKey{}); asked == nil && c.QueryParam("again") == "" {
		s.engine.CountView(share, s.seenFrom(c, share, badge))
	}
}

// seenFrom is the site that shows a share, "" where none of another's does: a link is followed from anywhere, and who may not frame a share shows nothing.
func (s *Server) seenFrom(c echo.Context, share sync.SharePage, badge bool) string {
	r := c.Request()
	if reader := c.Response().Header().Get("Access-Control-Allow-Origin"); reader != "" {
		return reader
	}
	origin := originOf(r.Referer())
	if origin == s.base(c) {
		return "" // the page that offers the share
	}
	dest := r.Header.Get("Sec-Fetch-Dest")
	if badge && (dest == "" || dest == "image") {
		return origin
	}
	if !badge && dest == "iframe" && (slices.Contains(share.Origins, "*") || slices.Contains(share.Origins, origin)) {
		return origin
	}
	return ""
}

// originOf is the site of an address, "" of what is none.
func originOf(address string) string {
	at, err := url.Parse(address)
	if err != nil || at.Host == "" || at.Scheme != "https" && at.Scheme != "http" {
		return ""
	}
	return at.Scheme + "://" + strings.ToLower(at.Host)
}

// shared is what a token shows; ended tells that it was revoked, or never was.
func (s *Server) shared(c echo.Context, token sync.Token) (share sync.SharePage, ended bool, err error) {
	share, err = s.shares.do(c.Request().Context(), token, func(ctx context.Context) (sync.SharePage, error) {
		return s.engine.Shared(ctx, token) // once for all readers whom a change makes ask
	})
	if told, ok := errors.AsType[*sync.Error](err); ok && told.Kind == sync.NotFound {
		return share, true, nil
	}
	if err == nil {
		setVersion(c, share.Version)
	}
	return share, false, err
}

// tagged answers with a body by its own hash: a share has no topics to tell when it changed.
func (s *Server) tagged(c echo.Context, contentType string, body []byte) error {
	sum := sha256.Sum256(body)
	tag := hex.EncodeToString(sum[:12])
	c.Response().Header().Set("ETag", etag(tag, ""))
	if _, ok := held(c.Request().Header.Get("If-None-Match"), tag); ok {
		return c.NoContent(http.StatusNotModified)
	}
	return send(c, http.StatusOK, contentType, body)
}

// endedEmbed says that there is nothing to see, to any site: it says no more of a share that was revoked than of one that never was.
func (s *Server) endedEmbed(c echo.Context, token sync.Token) error {
	c.Response().Header().Set("Access-Control-Allow-Origin", "*")
	data := views.EmbedData{Build: s.build, Token: string(token), Shape: "row", Theme: themeParam(c), Size: c.QueryParam("size"), Title: "Not shared", Ended: true}
	return s.html(c, http.StatusNotFound, embedded(c, s.addressed(c, data)))
}

// framers are the sites that may frame a share.
func framers(origins []string) string {
	switch {
	case len(origins) == 0:
		return "'none'"
	case slices.Contains(origins, "*"):
		return "*"
	}
	return strings.Join(origins, " ")
}

func (s *Server) embed(c echo.Context, token sync.Token, share sync.SharePage) views.EmbedData {
	d := s.addressed(c, views.EmbedData{Build: s.build, Token: string(token), Shape: shapeOf(share, c.QueryParam("fragment"), c.QueryParam("size")), Theme: themeParam(c), Size: c.QueryParam("size")})
	s.fillEmbed(&d, share)
	return d
}

// addressed is an embed with its absolute addresses.
func (s *Server) addressed(c echo.Context, d views.EmbedData) views.EmbedData {
	d.Self, d.Sheet = s.base(c)+views.EmbedPath(d.Token), s.base(c)+views.EmbedSheetPath()
	return d
}

// fillEmbed puts what a share shows into an embed of some shape.
func (s *Server) fillEmbed(d *views.EmbedData, share sync.SharePage) {
	n := named{share.Snapshot}
	d.Version, d.Title = share.Version, share.Team.Name
	d.Open, d.Closed = counted(share.Groups)
	if share.Issue != nil {
		d.Title = n.Key(share.Issue.Team, share.Issue.Number) + " " + share.Issue.Title
		d.Issues = s.embeddedIssues(n, []sync.IssueRow{*share.Issue})
	}
	if share.Project != nil {
		d.Title, d.State, d.Extent = share.Project.Name, share.Project.State, extentOf(share.Project.Reached.Issues)
		d.Open, d.Closed = d.Extent.Scope-d.Extent.Done, d.Extent.Done
		d.Issues = s.embeddedIssues(n, share.Project.Issues)
	}
	for _, group := range share.Groups {
		issues := s.embeddedIssues(n, group.Issues)
		if d.Shape == "board" {
			d.Groups = append(d.Groups, views.EmbedGroup{Status: s.embeddedStatus(n, group.Status.ID), Count: int(group.Count), Issues: issues})
		} else {
			d.Issues = append(d.Issues, issues...)
		}
	}
}

// counted is how many issues of a list are open, and how many are done.
func counted(groups []sync.IssueGroup) (open, closed int) {
	for _, group := range groups {
		if group.Status.Closed() {
			closed += int(group.Count)
		} else {
			open += int(group.Count)
		}
	}
	return open, closed
}

// shapeOf is the first shape of those asked for that a share can have, else the first that it can.
func shapeOf(share sync.SharePage, asked ...string) string {
	shapes := shapesOf(share)
	for _, shape := range asked {
		if slices.Contains(shapes, shape) {
			return shape
		}
	}
	return shapes[0]
}

// shapesOf are the shapes that a share can have.
func shapesOf(share sync.SharePage) []string {
	switch {
	case share.Issue != nil:
		return []string{"row", "chip", "card", "detail"}
	case share.Project != nil:
		return []string{"progress", "list"}
	}
	return []string{"list", "board"}
}

func themeParam(c echo.Context) string {
	if theme := c.QueryParam("theme"); theme == "light" || theme == "dark" {
		return theme
	}
	return ""
}

func (s *Server) embeddedIssues(n named, rows []sync.IssueRow) []views.EmbedIssue {
	issues := make([]views.EmbedIssue, len(rows))
	for i, row := range rows {
		issues[i] = views.EmbedIssue{Key: n.Key(row.Team, row.Number), Title: row.Title, Status: s.embeddedStatus(n, row.Status), Labels: n.labels(row.Labels),
			Updated: row.UpdatedAt.In(n.zone(row.Team))}
	}
	return issues
}

func (s *Server) embeddedStatus(n named, id uuid.UUID) views.EmbedStatus {
	status := n.status(id)
	return views.EmbedStatus{Status: status, Symbol: s.assets.Symbol("status-" + or(status.Category, "backlog"))}
}
