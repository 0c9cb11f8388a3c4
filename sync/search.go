package sync

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"tandem/queries"
)

const (
	searchPage   = 20     // hits of each kind on a page
	searchRanked = 200    // hits of each kind that are ranked, the latest ones
	searchText   = 20_000 // characters of a text in which an excerpt is looked for
)

// SearchPage is what a search found, best first.
type SearchPage struct {
	Snapshot
	Text     string
	Meant    string      // what was looked for, since nothing holds the text as it is typed; "" = the text
	Exact    *IssueTitle // the text is an issue's key
	Issues   []IssueHit
	Comments []CommentHit
	Projects []ProjectHit
	Unknown  []string // terms of the filter that name nothing the reader sees
	More     string   // where the next page begins; "" at the end
	Cut      bool     // this is the end, and there are older ones that were not ranked
}

// IssueHit is an issue in which the words stand.
type IssueHit struct {
	IssueRow
	Snippet string // of the description, marked
}

// CommentHit is a comment in which the words stand.
type CommentHit struct {
	ID      uuid.UUID
	Author  uuid.UUID
	At      time.Time
	Issue   IssueTitle
	Snippet string // marked
}

// ProjectHit is a project in which the words stand.
type ProjectHit struct {
	ProjectName
	Snippet string // of the description, marked
}

// Search finds issues by title, description and comments, and projects, only where the reader may see; closed ones come later. An
// issue's key, or its bare number, is found as itself. Of words that stand in very many the latest are ranked. Where nothing holds
// the words as they are typed, those are looked for that titles spell almost so. after is More of the page before. Terms of a filter
// (see ParseFilter) narrow it to such issues and what was said on them; projects have but a team, and another filter leaves them out.
func (e *Engine) Search(ctx context.Context, actor Actor, text, after string, terms ...string) (SearchPage, error) {
	skip, err := parseSkip(after)
	if err != nil {
		return SearchPage{}, err
	}
	text = strings.TrimSpace(text)
	page, err := e.search(ctx, actor, text, terms, skip)
	if err != nil || !page.none() || skip > 0 || text == "" {
		return page, err
	}
	meant, err := e.respell(ctx, actor, text)
	if err != nil || strings.EqualFold(meant, text) {
		return page, err
	}
	other, err := e.search(ctx, actor, meant, terms, 0)
	if err != nil || other.none() {
		return page, err
	}
	other.Text, other.Meant = text, meant
	return other, nil
}

func (p *SearchPage) none() bool {
	return len(p.Issues)+len(p.Comments)+len(p.Projects) == 0 && p.Exact == nil
}

func (e *Engine) search(ctx context.Context, actor Actor, text string, terms []string, skip int32) (SearchPage, error) {
	page := SearchPage{Text: text}
	var found searchAnswers
	var err error
	page.Snapshot, err = e.read(ctx, actor, func(p *queries.Pipeline, s Snapshot) error {
		filter := s.ParseFilter(uuid.Nil, terms, "")
		page.Unknown = filter.Unknown
		found = e.askSearch(ctx, p, s, filter, s.searchParams(actor.Workspace, text, filter, skip))
		found.exact = e.askExact(ctx, p, s, actor.Workspace, text)
		return nil
	})
	if err != nil {
		return SearchPage{}, err
	}
	page.fill(found, skip)
	return page, nil
}

// searchAnswers are what the database said of a search.
type searchAnswers struct {
	issues   *[]queries.SearchIssuesRow
	comments *[]queries.SearchCommentsRow
	projects *[]queries.SearchProjectsRow
	exact    *[]queries.ListIssueTitlesByNumberRow
}

func (s Snapshot) searchParams(ws uuid.UUID, text string, f Filter, skip int32) queries.SearchIssuesParams {
	return queries.SearchIssuesParams{WorkspaceID: ws, TeamIDs: s.teamsIn(f), Words: searchQuery(text), Excerpted: searchText, Ranked: searchRanked, Skip: skip, Most: searchPage + 1,
		Narrow: f.ofIssues(), Statuses: given(f.Statuses), NotStatuses: given(f.NotStatuses), Assignees: given(f.Assignees), NotAssignees: given(f.NotAssignees),
		Creators: given(f.Creators), NotCreators: given(f.NotCreators), Labels: given(f.Labels), NotLabels: given(f.NotLabels), Cycles: given(f.Cycles), NotCycles: given(f.NotCycles),
		Priorities: given(f.Priorities), NotPriorities: given(f.NotPriorities), Projects: given(f.Projects), NotProjects: given(f.NotProjects)}
}

func (e *Engine) askSearch(ctx context.Context, p *queries.Pipeline, s Snapshot, f Filter, wanted queries.SearchIssuesParams) searchAnswers {
	type db = queries.DBTX
	if wanted.Narrow {
		p.Run(ctx, "set local plan_cache_mode = force_custom_plan") // the conditions that are not in use fall out of such a plan
	}
	looked := len(wanted.Words)
	var a searchAnswers
	a.issues = ask(p, looked, func(db db) ([]queries.SearchIssuesRow, error) { return e.queries.SearchIssues(ctx, db, wanted) })
	a.comments = ask(p, looked, func(db db) ([]queries.SearchCommentsRow, error) {
		return e.queries.SearchComments(ctx, db, queries.SearchCommentsParams(wanted))
	})
	if wanted.Narrow {
		looked = 0
	}
	a.projects = ask(p, looked, func(db db) ([]queries.SearchProjectsRow, error) {
		return e.queries.SearchProjects(ctx, db, queries.SearchProjectsParams{WorkspaceID: wanted.WorkspaceID, TeamIDs: wanted.TeamIDs, OfWorkspace: !s.who.guest() && len(f.Teams) == 0,
			Words: wanted.Words, Excerpted: wanted.Excerpted, Skip: wanted.Skip, Most: wanted.Most})
	})
	return a
}

func (e *Engine) askExact(ctx context.Context, p *queries.Pipeline, s Snapshot, ws uuid.UUID, text string) *[]queries.ListIssueTitlesByNumberRow {
	teams, numbers := s.wantedKeys(text)
	return ask(p, len(teams), func(db queries.DBTX) ([]queries.ListIssueTitlesByNumberRow, error) {
		return e.queries.ListIssueTitlesByNumber(ctx, db, queries.ListIssueTitlesByNumberParams{WorkspaceID: ws, WantedTeams: teams, Numbers: numbers, TeamIDs: s.who.visibleTeams()})
	})
}

// wantedKeys are the issues that a text names: its key, or the number in every team.
func (s Snapshot) wantedKeys(text string) ([]uuid.UUID, []int64) {
	if teams, numbers := s.parseKeys([]string{text}); len(teams) > 0 {
		return teams, numbers
	}
	number, err := strconv.ParseInt(strings.TrimPrefix(text, "#"), 10, 64)
	if err != nil {
		return nil, nil
	}
	var teams []uuid.UUID
	var numbers []int64
	for _, team := range s.Teams() {
		teams, numbers = append(teams, team.ID), append(numbers, number)
	}
	return teams, numbers
}

func (p *SearchPage) fill(found searchAnswers, skip int32) {
	issues, comments, projects := *found.issues, *found.comments, *found.projects
	if exact := *found.exact; len(exact) == 1 {
		p.Exact = &IssueTitle{exact[0].ID, exact[0].TeamID, exact[0].Number, exact[0].Title, exact[0].StatusID, exact[0].Version}
	}
	words := newFinder(p.Text)
	end := int(skip) + searchPage
	if max(len(issues), len(comments), len(projects)) > searchPage {
		p.More = strconv.Itoa(end)
	} else {
		p.Cut = end == searchRanked && max(len(issues), len(comments)) == searchPage
	}
	for _, r := range issues[:min(len(issues), searchPage)] {
		row := issueRow(queries.ListIssueGroupsRow{ID: r.ID, TeamID: r.TeamID, Number: r.Number, Title: r.Title, StatusID: r.StatusID, Priority: r.Priority,
			AssigneeID: r.AssigneeID, Labels: r.Labels, ParentID: r.ParentID, Due: r.Due, Estimate: r.Estimate, ProjectID: r.ProjectID, CycleID: r.CycleID, Rank: r.Rank,
			Version: r.Version, CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt})
		p.Issues = append(p.Issues, IssueHit{row, words.excerpt(r.Beginning)})
	}
	for _, r := range comments[:min(len(comments), searchPage)] {
		hit := CommentHit{ID: r.CommentID, At: r.CreatedAt, Snippet: words.excerpt(r.Beginning), Issue: IssueTitle{ID: r.ID, Team: r.TeamID, Number: r.Number, Title: r.Title, Status: r.StatusID}}
		if r.AuthorID != nil {
			hit.Author = *r.AuthorID
		}
		p.Comments = append(p.Comments, hit)
	}
	for _, r := range projects[:min(len(projects), searchPage)] {
		if project, seen := p.Project(r.ID); seen {
			p.Projects = append(p.Projects, ProjectHit{project, words.excerpt(r.Beginning)})
		}
	}
}

func parseSkip(after string) (int32, error) {
	if after == "" {
		return 0, nil
	}
	skip, err := strconv.ParseInt(after, 10, 32)
	if err != nil || skip < 0 || skip > 10000 {
		return 0, invalid("after", "This page no longer exists; start from the first one.")
	}
	return int32(skip), nil
}
