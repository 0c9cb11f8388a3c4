package handlers

import (
	"context"
	"fmt"
	"html"
	"net/http"
	"slices"
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
	ctx := c.Request().Context()
	issue, err := s.issue(ctx, v, c.Param("key"))
	if err != nil {
		return err
	}
	made, err := s.share(c, v, sync.NewRef("issue", issue.ID), "")
	if err != nil {
		return err
	}
	if issue, err = s.issue(ctx, v, issue.ID.String()); err != nil {
		return err
	}
	if !fromHTMX(c) {
		return s.issuePage(c, v, made.status, issue, func(d *views.IssuePageData) { made.show(&d.Shares) })
	}
	shares := issue.shares(s.place(v), "")
	made.show(&shares)
	return s.html(c, made.status, views.ShareList(s.place(v), shares))
}

// createTeamShare makes a share of a team's list, filtered as the page is that the form stands on.
func (s *Server) createTeamShare(c echo.Context, v visit) error {
	ctx, key := c.Request().Context(), strings.ToUpper(c.Param("key"))
	laid, err := s.laid(ctx, v, key, c.QueryParams())
	if err != nil {
		return err
	}
	laid.url, laid.shown = laid.url.In(views.ListView), laid.shown.In(views.ListView)
	query, issues := laid.shown, laid.rowless()
	var shown pageIssues
	if !fromHTMX(c) { // before the share is made: what begins anew must not make another one
		if shown, err = s.pageIssues(ctx, v, laid); err != nil {
			return err
		}
	}
	made, err := s.share(c, v, sync.NewRef("team", issues.Team.ID), filterOf(query, v))
	if err != nil {
		return err
	}
	if !fromHTMX(c) {
		return s.teamPage(c, v, made.status, laid, shown, made.show)
	}
	shares, err := s.listShares(ctx, v, issues, query, "")
	if err != nil {
		return err
	}
	made.show(&shares)
	return s.html(c, made.status, views.ShareList(s.place(v), shares))
}

// createProjectShare makes a share of a team's project.
func (s *Server) createProjectShare(c echo.Context, v visit) error {
	id, err := projectID(c)
	if err != nil {
		return err
	}
	page, err := s.project(c.Request().Context(), v, id, views.Query{}, "")
	if err != nil {
		return err
	}
	made, err := s.share(c, v, sync.NewRef("project", id), "")
	if err != nil {
		return err
	}
	if !fromHTMX(c) {
		return s.projectPage(c, v, made.status, page, func(d *views.ProjectPageData) { made.show(&d.Shares) })
	}
	shares, err := s.projectShares(c.Request().Context(), v, page, "")
	if err != nil {
		return err
	}
	made.show(&shares)
	return s.html(c, made.status, views.ShareList(s.place(v), shares))
}

// leaveProjectShare leads a reader who loads the answer to a new share again back to the project: the link was shown once.
func (s *Server) leaveProjectShare(c echo.Context, v visit) error {
	id, err := projectID(c)
	if err != nil {
		return err
	}
	page, err := s.project(c.Request().Context(), v, id, views.Query{}, sync.ProjectHead)
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, v.slug.Project(idOf(page.ID), views.Query{}))
}

// projectShares are the shares of a project, as its page shows them; none of the whole workspace's, nor for those who may not share.
func (s *Server) projectShares(ctx context.Context, v visit, page projectPage, tx string) (views.ShareListData, error) {
	team := page.ProjectName.Team
	if page.Guest() || page.Deleted || team == uuid.Nil {
		return views.ShareListData{}, nil
	}
	rows, err := s.engine.ListShares(ctx, v.Actor, team, &page.ID)
	if err != nil {
		return views.ShareListData{}, err
	}
	return views.ShareListData{To: v.slug.ShareProject(idOf(page.ID)), What: "project", TX: tx, Shares: named{page.Snapshot}.shares(rows, team)}, nil
}

// leaveShare leads a reader who loads the answer to a new share again back to the issue: the link was shown once.
func (s *Server) leaveShare(c echo.Context, v visit) error {
	issue, err := s.issue(c.Request().Context(), v, c.Param("key"))
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, v.slug.Issue(issue.key()))
}

// leaveTeamShare leads back to the list in the same way.
func (s *Server) leaveTeamShare(c echo.Context, v visit) error {
	snapshot, err := s.engine.Look(c.Request().Context(), v.Actor)
	if err != nil {
		return err
	}
	team, err := snapshot.TeamByKey(strings.ToUpper(c.Param("key")))
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, v.slug.Team(team.Key, readQuery(c.QueryParams())))
}

// filterOf is a list's query string as anybody reads it: whoever opens the share is not "me".
func filterOf(query views.Query, v visit) string {
	query.Filters = slices.Clone(query.Filters)
	for i, filter := range query.Filters {
		if filter.AboutMe() {
			query.Filters[i].Value = v.Member.String()
		}
	}
	query.After = ""
	return strings.TrimPrefix(query.Encode(), "?")
}

// shared is what came of a form that makes a share.
type shared struct {
	status int
	fresh  views.FreshShare
	typed  string
	wrong  string
}

func (m shared) show(d *views.ShareListData) { d.Fresh, d.Origins, d.Error = m.fresh, m.typed, m.wrong }

// share makes a share of a target. What its author can mend comes back in the answer, not as an error.
func (s *Server) share(c echo.Context, v visit, target sync.Ref, filter string) (shared, error) {
	f, err := readForm(c)
	if err != nil {
		return shared{}, err
	}
	if err := s.limit.take(v.person.ID, 1); err != nil {
		return shared{}, err
	}
	origins := strings.Fields(strings.ToLower(f.text("allowed_origins")))
	for i, origin := range origins {
		origins[i] = strings.TrimSuffix(origin, "/")
	}
	token, err := s.engine.Share(c.Request().Context(), v.Actor, v.client(), target, filter, origins)
	if fields, mendable := wrongFields(err); mendable {
		return shared{status: http.StatusUnprocessableEntity, typed: f.text("allowed_origins"), wrong: firstOf(fields)}, nil
	}
	if err != nil {
		return shared{}, err
	}
	page, err := s.engine.Shared(c.Request().Context(), token)
	if err != nil {
		return shared{}, err
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	return shared{status: http.StatusOK, fresh: s.freshShare(c, token, page)}, nil
}

// listShares are the shares of a team's lists, as its page shows them; none for those who may not share.
func (s *Server) listShares(ctx context.Context, v visit, issues teamIssues, query views.Query, tx string) (views.ShareListData, error) {
	if issues.Guest() {
		return views.ShareListData{}, nil
	}
	rows, err := s.engine.ListShares(ctx, v.Actor, issues.Team.ID, nil)
	if err != nil {
		return views.ShareListData{}, err
	}
	return views.ShareListData{To: v.slug.ShareTeam(issues.Team.Key, query), What: "list", TX: tx,
		Shares: named{issues.Snapshot}.shares(rows, issues.Team.ID)}, nil
}

// freshShare are the ways to show a share elsewhere.
func (s *Server) freshShare(c echo.Context, token sync.Token, share sync.SharePage) views.FreshShare {
	var title string
	fresh := views.FreshShare{URL: s.base(c) + views.EmbedPath(string(token))}
	for i, shape := range shapesOf(share) {
		shown := s.addressed(c, views.EmbedData{Build: s.build, Token: string(token), Shape: shape})
		s.fillEmbed(&shown, share)
		title = shown.Title
		size := s.shareSize(c, shown, i > 0)
		fresh.Sizes = append(fresh.Sizes, size)
	}
	fresh.Badge = fmt.Sprintf("[![%s](%s)](%s)", inMarkdown(title), s.base(c)+views.EmbedBadgePath(string(token)), fresh.URL)
	return fresh
}

// shareSize is how a share is embedded as it is shown; named says that its size must be said.
func (s *Server) shareSize(c echo.Context, shown views.EmbedData, named bool) views.ShareSize {
	address, attribute := shown.Self, ""
	if named {
		address, attribute = shown.Self+"?size="+shown.Shape, fmt.Sprintf(` size="%s"`, shown.Shape)
	}
	element := func(more string) string {
		return fmt.Sprintf(`<tandem-embed src="%s"%s><a href="%[1]s">%[3]s</a></tandem-embed>`, html.EscapeString(shown.Self), more, html.EscapeString(shown.Title)) + "\n" +
			fmt.Sprintf(`<script type="module" src="%s" async></script>`, html.EscapeString(s.base(c)+views.EmbedScriptPath()))
	}
	return views.ShareSize{Size: shown.Shape, Element: element(attribute), Inline: element(` mode="inline"` + attribute),
		Frame: embedFrame(address, shown.Title, "100%", embedHeight(shown.Shape)), Embed: sample(shown)}
}

// sampleLength is how many issues the preview of a list shows, and of each column of a board.
const sampleLength = 4

// sample is an embed as its preview shows it.
func sample(d views.EmbedData) views.EmbedData {
	d.Issues = d.Issues[:min(len(d.Issues), sampleLength)]
	for i, group := range d.Groups {
		d.Groups[i].Issues = group.Issues[:min(len(group.Issues), sampleLength)]
	}
	return d
}

// embedFrame is the HTML that shows a share in a frame.
func embedFrame(address, title, width string, height int) string {
	return fmt.Sprintf(`<iframe src="%s" title="%s" loading="lazy" width="%s" height="%d" frameborder="0" `+
		`sandbox="allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox" referrerpolicy="strict-origin"></iframe>`,
		html.EscapeString(address), html.EscapeString(title), width, height)
}

// inMarkdown is a text that stands for itself within the brackets of a link.
func inMarkdown(text string) string {
	return strings.NewReplacer(`\`, `\\`, "[", `\[`, "]", `\]`, "`", "\\`", "*", `\*`, "_", `\_`, "<", "&lt;", "\n", " ").Replace(text)
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

func (p issuePage) shares(at views.Place, tx string) views.ShareListData {
	if p.Guest() {
		return views.ShareListData{}
	}
	return views.ShareListData{To: at.SetIssue(p.key(), "share"), What: "issue", TX: tx, Shares: named{p.Snapshot}.shares(p.Shares, p.IssueRow.Team)}
}

func (n named) shares(rows []sync.ShareRow, team uuid.UUID) []views.Share {
	var shown []views.Share
	for _, share := range rows {
		seconds, nanos := share.ID.Time().UnixTime()
		shown = append(shown, views.Share{ID: idOf(share.ID), Origins: strings.Join(share.Origins, " "), By: n.member(share.Author),
			Created: time.Unix(seconds, nanos).In(n.zone(team)), Views: int(share.Views), Seen: share.Seen})
	}
	return shown
}
