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
	More     string // where the next page begins; "" at the end
	Cut      bool   // this is the end, and there are older ones that were not ranked
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

// Search finds issues by title, description and comments, only where the reader may see; closed ones come later. An
// issue's key, or its bare number, is found as itself. Of words that stand in very many the latest are ranked. Where nothing holds
// the words as they are typed, those are looked for that titles spell almost so. after is More of the page before.
func (e *Engine) Search(ctx context.Context, actor Actor, text, after string) (SearchPage, error) {
	skip, err := parseSkip(after)
	if err != nil {
		return SearchPage{}, err
	}
	text = strings.TrimSpace(text)
	page, err := e.search(ctx, actor, text, skip)
	if err != nil || !page.none() || skip > 0 || text == "" {
		return page, err
	}
	meant, err := e.respell(ctx, actor, text)
	if err != nil || strings.EqualFold(meant, text) {
		return page, err
	}
	other, err := e.search(ctx, actor, meant, 0)
	if err != nil || other.none() {
		return page, err
	}
	other.Text, other.Meant = text, meant
	return other, nil
}

func (p *SearchPage) none() bool { return len(p.Issues)+len(p.Comments) == 0 && p.Exact == nil }

func (e *Engine) search(ctx context.Context, actor Actor, text string, skip int32) (SearchPage, error) {
	page, words := SearchPage{Text: text}, searchQuery(text)
	var issues *[]queries.SearchIssuesRow
	var comments *[]queries.SearchCommentsRow
	var exact *[]queries.ListIssueTitlesByNumberRow
	var err error
	page.Snapshot, err = e.read(ctx, actor, func(p *queries.Pipeline, s Snapshot) error {
		type db = queries.DBTX
		wanted := queries.SearchIssuesParams{Words: words, WorkspaceID: actor.Workspace, TeamIDs: s.who.visibleTeams(),
			Excerpted: searchText, Ranked: searchRanked, Skip: skip, Most: searchPage + 1}
		issues = ask(p, len(words), func(db db) ([]queries.SearchIssuesRow, error) { return e.queries.SearchIssues(ctx, db, wanted) })
		comments = ask(p, len(words), func(db db) ([]queries.SearchCommentsRow, error) {
			return e.queries.SearchComments(ctx, db, queries.SearchCommentsParams(wanted))
		})
		teams, numbers := s.wantedKeys(text)
		exact = ask(p, len(teams), func(db db) ([]queries.ListIssueTitlesByNumberRow, error) {
			return e.queries.ListIssueTitlesByNumber(ctx, db, queries.ListIssueTitlesByNumberParams{WorkspaceID: actor.Workspace, WantedTeams: teams, Numbers: numbers, TeamIDs: wanted.TeamIDs})
		})
		return nil
	})
	if err != nil {
		return SearchPage{}, err
	}
	page.fill(*issues, *comments, *exact, skip)
	return page, nil
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

func (p *SearchPage) fill(issues []queries.SearchIssuesRow, comments []queries.SearchCommentsRow, exact []queries.ListIssueTitlesByNumberRow, skip int32) {
	if len(exact) == 1 {
		row := exact[0]
		p.Exact = &IssueTitle{row.ID, row.TeamID, row.Number, row.Title, row.StatusID, row.Version}
	}
	found := newFinder(p.Text)
	end := int(skip) + searchPage
	if len(issues) > searchPage || len(comments) > searchPage {
		p.More = strconv.Itoa(end)
	} else {
		p.Cut = end == searchRanked && max(len(issues), len(comments)) == searchPage
	}
	for _, r := range issues[:min(len(issues), searchPage)] {
		row := issueRow(queries.ListIssueGroupsRow{ID: r.ID, TeamID: r.TeamID, Number: r.Number, Title: r.Title, StatusID: r.StatusID, Priority: r.Priority,
			AssigneeID: r.AssigneeID, Labels: r.Labels, ParentID: r.ParentID, Due: r.Due, Estimate: r.Estimate, ProjectID: r.ProjectID, CycleID: r.CycleID, Rank: r.Rank,
			Version: r.Version, CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt})
		p.Issues = append(p.Issues, IssueHit{row, found.excerpt(r.Beginning)})
	}
	for _, r := range comments[:min(len(comments), searchPage)] {
		hit := CommentHit{ID: r.CommentID, At: r.CreatedAt, Snippet: found.excerpt(r.Beginning), Issue: IssueTitle{ID: r.ID, Team: r.TeamID, Number: r.Number, Title: r.Title, Status: r.StatusID}}
		if r.AuthorID != nil {
			hit.Author = *r.AuthorID
		}
		p.Comments = append(p.Comments, hit)
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
