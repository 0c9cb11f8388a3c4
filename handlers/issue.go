package handlers

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"tandem/sync"
	"tandem/views"
)

func (s *Server) showIssue(c echo.Context, v visit) error {
	issue, err := s.issue(c.Request().Context(), v, c.Param("key"))
	if err != nil {
		return err
	}
	if key := issue.key(); key != c.Param("key") {
		return c.Redirect(movedTo(key, c.Param("key")), v.slug.Issue(key))
	}
	issue.alone = slices.ContainsFunc(commentTools, func(tool views.CommentTool) bool { return c.QueryParams().Has(string(tool)) })
	return s.issuePage(c, v, http.StatusOK, issue, func(d *views.IssuePageData) { openComment(&d.Issue, c.QueryParams()) })
}

// movedTo is how an issue's other names lead to its key. Only another way to write the key does so for good: the issue
// may change team and come back, and what browsers were told for good would then go in circles.
func movedTo(key, asked string) int {
	if strings.EqualFold(key, asked) {
		return http.StatusMovedPermanently
	}
	return http.StatusFound
}

// issuePage draws the page; with may put what could not be taken back into its forms.
func (s *Server) issuePage(c echo.Context, v visit, status int, issue issuePage, with func(*views.IssuePageData)) error {
	page := s.frame(c, v, issue.Snapshot, issue.key()+" "+issue.Title, "team:"+issue.team().Key)
	data, thread, err := s.issuePageData(c.Request().Context(), v, issue, page.TX)
	if err != nil {
		return err
	}
	data.Issue.Star = star(page, sync.NewRef("issue", issue.ID))
	if with != nil {
		with(&data)
	}
	return s.pageAround(c, status, issue.Snapshot, thread, views.IssuePage(page, data))
}

// issuePageData is what an issue's page shows, and what of it other pages have in common with it.
func (s *Server) issuePageData(ctx context.Context, v visit, issue issuePage, tx string) (views.IssuePageData, *sharedPiece, error) {
	data := views.IssuePageData{
		Issue:    issue.data(tx),
		Composer: views.ComposerData{IssueID: idOf(issue.ID), IssueKey: issue.key(), TX: tx},
		Shares:   issue.shares(s.place(v), tx),
	}
	data.Issue.Me, data.Issue.Moderates, data.Issue.DrawComment = named{issue.Snapshot}.member(v.Member), issue.Admin(), s.comments.component
	if issue.alone {
		data.Issue.Activity = issue.activity()
		return data, nil, nil
	}
	drawn, err := s.thread(ctx, v, issue, data.Issue)
	data.Issue.DrawActivity = drawn.component()
	return data, drawn.piece, err
}

func (s *Server) showIssueFragment(c echo.Context, v visit) error {
	return s.issueFragment(c, v, c.Param("key"))
}

func (s *Server) issueFragment(c echo.Context, v visit, key string) error {
	f, _, err := s.issueRegion(c.Request().Context(), v, key)
	if err != nil {
		return err
	}
	return s.fragment(c, f)
}

// issueRegion is the live part of an issue's page, and which issue it is.
func (s *Server) issueRegion(ctx context.Context, v visit, key string) (fragment, sync.IssueTitle, error) {
	var title sync.IssueTitle
	id, err := sync.ParseIssueID(key)
	if err != nil {
		return fragment{}, title, err
	}
	look := func(ctx context.Context, beside []string) (fresh sync.Freshness, err error) {
		title, fresh, err = s.issueFreshness(ctx, v, id, beside)
		return fresh, err
	}
	read := func(ctx context.Context) (issuePage, error) { return s.readIssue(ctx, v, id, id) }
	seen, err := follow(ctx, s, v, id, look, read)
	if err != nil {
		return fragment{}, title, err
	}
	name := "issue " + v.Workspace.String() + " " + title.ID.String()
	draw := func(ctx context.Context) (sync.Snapshot, templ.Component, error) {
		issue, err := seen.read(ctx)
		if err != nil {
			return sync.Snapshot{}, nil, err
		}
		data := issue.data("")
		data.Activity = issue.activity()
		return issue.Snapshot, views.Issue(s.place(v), data), nil
	}
	return fragment{seen.fresh, name, draw, seen.beside}, title, nil
}

// issuePage is an issue with all that drawing it needs.
type issuePage struct {
	sync.IssuePage
	slug  views.Workspace
	texts *texts
	links links
	read  int64 // V of the reading; nothing of it has changed since
	alone bool  // a form is open in its thread, which is this answer's alone
}

func (p issuePage) key() string { return p.Key(p.IssueRow.Team, p.Number) }

func (p issuePage) team() views.Team {
	team, _ := p.Snapshot.Team(p.IssueRow.Team)
	return teamOf(team)
}

func (p issuePage) snapshot() sync.Snapshot { return p.Snapshot }

// beside are the issues above and below, those that it is related to, and those that the texts refer to.
func (p issuePage) beside() []string {
	shown := others{}
	shown.addFamily(p.IssueRow)
	shown.addFamily(p.SubIssues...)
	for _, title := range p.links.to {
		shown.add(title)
	}
	for _, related := range p.Relations {
		shown.add(related.Other)
	}
	delete(shown, p.ID)
	return shown.topics()
}

// region is what makes an issue's page stale: the issue with its comments, its relations, the names that it shows, and
// other issues.
func (p issuePage) region() views.Region {
	own := []string{string(sync.NewRef("issue", p.ID)), string(sync.NewRef("relations", p.ID)), "vocabulary"}
	return views.Region{Topics: append(own, p.beside()...), Version: p.Snapshot.Version}
}

// data is all but the thread.
func (p issuePage) data(tx string) views.IssueData {
	n := named{p.Snapshot}
	team, zone := p.IssueRow.Team, n.zone(p.IssueRow.Team)
	d := views.IssueData{
		IssueRowData: n.row(p.IssueRow, p.Family), Region: p.region(), Team: p.team(), SubIssues: n.rows(p.SubIssues, sync.Family{Progress: p.Family.Progress}),
		Description: p.texts.render(p.Description, p.links), Reporter: n.member(p.Author), Created: p.CreatedAt.In(zone),
		Relations: p.relations(), Attachments: p.attachments(), MoreFiles: p.MoreFiles, MostFile: sync.MaxFile, TX: tx,
		Choices: views.IssueChoices{Statuses: n.statuses(team), Members: n.members(p.Assignable(team)), Labels: n.labelsOf(team),
			Projects: n.openProjects(team, p.IssueRow.Project), Milestones: n.milestones(p.IssueRow.Project), Cycles: n.openCycles(team, p.IssueRow.Cycle)},
		Milestone: n.milestone(p.Milestone, p.IssueRow.Project),
	}
	d.Deleted, d.Started, d.Completed, d.Canceled = p.Deleted, inZone(p.Started, zone), inZone(p.Completed, zone), inZone(p.Canceled, zone)
	d.Reactions = n.reactions(p.Reactions)
	if p.InTriage(p.IssueRow.Status) {
		tools := n.triageTools(p.IssueRow.Team, tx)
		tools.Snoozed, tools.Words = !p.Snoozed.IsZero(), true
		d.Triage = &tools
	}
	if teams := n.teams(); len(teams) > 1 {
		d.Choices.Teams = teams
	}
	if p.Estimate != nil {
		d.Estimates, d.Estimate = true, strconv.Itoa(int(*p.Estimate))
	}
	if parent, seen := p.Family.Parents[p.Parent]; seen {
		d.ParentKey = p.Key(parent.Team, parent.Number)
	}
	return d
}

// inZone leaves what is no time as it is.
func inZone(at time.Time, zone *time.Location) time.Time {
	if at.IsZero() {
		return at
	}
	return at.In(zone)
}

func (p issuePage) comment(row sync.CommentRow) views.CommentData {
	n := named{p.Snapshot}
	zone := n.zone(p.IssueRow.Team)
	d := views.CommentData{ID: idOf(row.ID), Version: row.Version, Author: n.member(row.Author), Body: p.texts.render(row.Body, p.links),
		Created: row.CreatedAt.In(zone), Deleted: row.Deleted, Reactions: n.reactions(row.Reactions)}
	if row.UpdatedAt.After(row.CreatedAt) && !row.Deleted {
		d.Edited = row.UpdatedAt.In(zone)
	}
	return d
}

// commentDraft puts a text that could not be taken back into the form of its comment.
func commentDraft(d *views.IssueData, comment uuid.UUID, draft views.Draft) {
	for _, entry := range d.Activity {
		if entry.Comment != nil && entry.Comment.ID == comment.String() {
			entry.Comment.Draft = draft
		}
	}
}

var commentTools = []views.CommentTool{views.EditComment, views.TrashComment, views.ReactComment}

// openComment puts the form that a URL asks for into its comment: ?edit=<uuid>.
func openComment(d *views.IssueData, asked url.Values) {
	for _, tool := range commentTools {
		for _, entry := range d.Activity {
			if entry.Comment != nil && entry.Comment.ID == asked.Get(string(tool)) {
				entry.Comment.Open = tool
			}
		}
	}
}

// shutTools is the same page without such a form, or the Move menu of a card: it was sent.
func shutTools(path string) string {
	at, err := url.Parse(path)
	if err != nil {
		return path
	}
	query := at.Query()
	for _, tool := range append(slices.Clone(commentTools), views.MoveQuery) {
		if query.Has(string(tool)) {
			query.Del(string(tool))
			at.RawQuery = query.Encode()
		}
	}
	return at.String()
}
