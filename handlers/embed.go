package handlers

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"tandem/sync"
	"tandem/views"
)

// showEmbed is what a share shows to anybody who has its link: a small document; with ?fragment= its live part; with .svg behind the token an image.
// It reads no cookie and sets none, so that an embed never acts as somebody.
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
	data := s.embed(c, token, share)
	var shown templ.Component = views.EmbedPage(data)
	if c.QueryParam("fragment") != "" {
		shown = views.Embed(data)
	}
	s.countView(c, share, false)
	body, err := render(c.Request().Context(), shown)
	if err != nil {
		return err
	}
	return s.tagged(c, htmlType, body)
}

// countView counts a look at a share, but for what keeps an open one fresh.
func (s *Server) countView(c echo.Context, share sync.SharePage, badge bool) {
	if c.QueryParam("fragment") == "" && c.QueryParam("again") == "" {
		s.engine.CountView(share, s.seenFrom(c, share, badge))
	}
}

// seenFrom is the site that shows a share, "" where none of another's does: a link is followed from anywhere, and who may not frame a share shows nothing.
func (s *Server) seenFrom(c echo.Context, share sync.SharePage, badge bool) string {
	r := c.Request()
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
	share, err = s.engine.Shared(c.Request().Context(), token)
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

func (s *Server) endedEmbed(c echo.Context, token sync.Token) error {
	data := views.EmbedData{Build: s.build, Token: string(token), Shape: "row", Theme: themeParam(c), Size: sizeParam(c), Title: "Not shared", Ended: true, Region: views.Region{Topics: []string{"share"}}}
	if c.QueryParam("fragment") != "" {
		return s.html(c, http.StatusNotFound, views.Embed(data))
	}
	return s.html(c, http.StatusNotFound, views.EmbedPage(data))
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
	n := named{share.Snapshot}
	d := views.EmbedData{Build: s.build, Token: string(token), Shape: shapeOf(c, share), Theme: themeParam(c), Size: sizeParam(c), Self: s.base(c) + views.EmbedPath(string(token)),
		Title: share.Team.Name, Region: views.Region{Topics: []string{"share"}, Version: share.Version}}
	d.Open, d.Closed = counted(share.Groups)
	if share.Issue != nil {
		d.Title = n.Key(share.Issue.Team, share.Issue.Number) + " " + share.Issue.Title
		d.Issues = []views.EmbedIssue{n.embedded(*share.Issue)}
	}
	for _, group := range share.Groups {
		for _, row := range group.Issues {
			d.Issues = append(d.Issues, n.embedded(row))
		}
	}
	return d
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

func shapeOf(c echo.Context, share sync.SharePage) string {
	if share.Issue == nil {
		return "list"
	}
	if c.QueryParam("fragment") == "card" || sizeParam(c) == "card" {
		return "card"
	}
	return "row"
}

func sizeParam(c echo.Context) string {
	if c.QueryParam("size") == "card" {
		return "card"
	}
	return ""
}

func themeParam(c echo.Context) string {
	if theme := c.QueryParam("theme"); theme == "light" || theme == "dark" {
		return theme
	}
	return ""
}

func (n named) embedded(row sync.IssueRow) views.EmbedIssue {
	return views.EmbedIssue{Key: n.Key(row.Team, row.Number), Title: row.Title, Status: n.status(row.Status), Labels: n.labels(row.Labels), Updated: row.UpdatedAt.In(n.zone(row.Team))}
}
