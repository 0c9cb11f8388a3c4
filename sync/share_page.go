package sync

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"tandem/queries"
)

// SharePage is what a share shows to anybody who has its link: titles, statuses, labels and times, nothing else.
type SharePage struct {
	Snapshot
	workspace uuid.UUID

	Share   uuid.UUID
	Origins []string // that may frame it
	Slug    string
	Team    TeamName
	Issue   *IssueRow    // of a shared issue
	Groups  []IssueGroup // of a shared list
	Project *ProjectPage // of a shared project, with its open issues
}

// Share makes a share of an issue (target "issue:<uuid>"), of a project of a team ("project:<uuid>") or of a filtered list (target "team:<uuid>", and the
// list's query string). The token is shown once. origins are those that may frame it.
func (e *Engine) Share(ctx context.Context, actor Actor, client uuid.UUID, target Ref, filter string, origins []string) (Token, error) {
	snapshot, err := e.Look(ctx, actor)
	if err != nil {
		return "", err
	}
	if snapshot.Guest() {
		return "", forbidden("Guests cannot share.")
	}
	token := NewToken()
	set := map[string]any{"token": `\x` + hex.EncodeToString(token.hash()), "filter": filter, "allowed_origins": origins}
	if err := e.shareTarget(ctx, actor, snapshot, target, set); err != nil {
		return "", err
	}
	set["author"] = string(NewRef("member", actor.Member))
	_, err = e.applyAs(ctx, &job{actor: actor, client: Derive(client, "share"), program: true, transaction: Transaction{
		ID: uuid.Must(uuid.NewV7()), Label: "Share", Ops: []Operation{{Op: Create, Record: NewRef("share", uuid.Must(uuid.NewV7())), Set: set}}}})
	return token, err
}

// shareTarget sets what a new share shows, as far as its author sees that.
func (e *Engine) shareTarget(ctx context.Context, actor Actor, snapshot Snapshot, target Ref, set map[string]any) error {
	kind, id, _ := target.Parse()
	switch kind {
	case "issue":
		titles, err := e.IssueTitles(ctx, actor, []uuid.UUID{id})
		if err != nil {
			return err
		}
		if len(titles) == 0 {
			return notFound("This issue")
		}
		set["issue"], set["team"] = string(target), string(NewRef("team", titles[0].Team))
	case "project":
		project, seen := snapshot.Project(id)
		if !seen {
			return notFound("This project")
		}
		if project.Team == uuid.Nil {
			return forbidden(errWideProject)
		}
		set["project"], set["team"], set["filter"] = string(target), string(NewRef("team", project.Team)), "f=project:"+id.String()
	case "team":
		if _, seen := snapshot.Team(id); !seen {
			return notFound("This team")
		}
		set["team"] = string(target)
	default:
		return notFound("What you want to share")
	}
	return nil
}

// ListShares lists the live shares of a team's lists, or those of a project of it.
func (e *Engine) ListShares(ctx context.Context, actor Actor, team uuid.UUID, project *uuid.UUID) ([]ShareRow, error) {
	var rows *[]queries.ListSharesByTeamRow
	_, err := e.read(ctx, actor, func(p *queries.Pipeline, s Snapshot) error {
		if !s.who.sees(team) || s.who.guest() {
			return notFound("This team")
		}
		rows = queries.Ask(p, func(db queries.DBTX) ([]queries.ListSharesByTeamRow, error) {
			return e.queries.ListSharesByTeam(ctx, db, queries.ListSharesByTeamParams{WorkspaceID: actor.Workspace, TeamID: team, ProjectID: project})
		})
		return nil
	})
	if err != nil {
		return nil, err
	}
	shares := make([]ShareRow, len(*rows))
	for i, row := range *rows {
		shares[i] = ShareRow{row.ID, row.AllowedOrigins, row.AuthorID, row.Version, row.Views, row.LastOrigin}
	}
	return shares, nil
}

// Shared reads what a share's token shows. It asks for no session: the token is the right. NotFound when the share was
// revoked, or what it shows is in the trash.
func (e *Engine) Shared(ctx context.Context, token Token) (SharePage, error) {
	share, err := e.shareOf(ctx, token)
	if err != nil {
		return SharePage{}, err
	}
	head, words, err := e.wordsOf(ctx, share.WorkspaceID)
	if err != nil {
		return SharePage{}, err
	}
	who := rights{role: Guest, teams: map[uuid.UUID]bool{share.TeamID: true}}
	page := SharePage{Snapshot: Snapshot{Version: head, words: words, who: who}, workspace: share.WorkspaceID, Share: share.ID, Origins: share.AllowedOrigins, Slug: share.Slug}
	team := words.records[NewRef("team", share.TeamID)]
	if team == nil || team.deleted() {
		return SharePage{}, notFound("This share")
	}
	page.Team = teamName(team)
	if share.IssueID != nil {
		return page, e.sharedIssue(ctx, share.WorkspaceID, *share.IssueID, &page)
	}
	if share.ProjectID != nil {
		return page, e.sharedProject(ctx, share.WorkspaceID, *share.ProjectID, &page)
	}
	return page, e.sharedList(ctx, share, &page)
}

func (e *Engine) shareOf(ctx context.Context, token Token) (queries.GetShareByTokenRow, error) {
	share, err := e.queries.GetShareByToken(ctx, e.pool, token.hash())
	if errors.Is(err, pgx.ErrNoRows) || err == nil && share.DeletedAt != nil {
		return share, notFound("This share")
	}
	if err != nil {
		return share, fmt.Errorf("find a share: %w", err)
	}
	return share, nil
}

// wordsOf returns the head of the log and the workspace's vocabulary at it. What is read afterwards is never older.
func (e *Engine) wordsOf(ctx context.Context, ws uuid.UUID) (int64, *vocabulary, error) {
	words := e.words.get(ws)
	for range 5 {
		head, fresh, err := e.readOnce(ctx, ws, words, func(*queries.Pipeline) {})
		if err != nil {
			return 0, nil, fmt.Errorf("read the vocabulary: %w", err)
		}
		if fresh == words && words != nil {
			return head.Version, words, nil
		}
		words = fresh
	}
	return 0, nil, errors.New("read: the vocabulary kept changing")
}

func (e *Engine) sharedIssue(ctx context.Context, ws, id uuid.UUID, page *SharePage) error {
	issue, err := e.queries.GetIssue(ctx, e.pool, queries.GetIssueParams{WorkspaceID: ws, ID: id, TeamIDs: page.who.visibleTeams()})
	if errors.Is(err, pgx.ErrNoRows) || err == nil && issue.DeletedAt != nil {
		return notFound("This share")
	}
	if err != nil {
		return fmt.Errorf("read a shared issue: %w", err)
	}
	var shown IssuePage
	shown.fill(issue)
	page.Issue = &shown.IssueRow
	return nil
}

// sharedProject reads a project of the share's team: how far it has come, and the first of its open issues.
func (e *Engine) sharedProject(ctx context.Context, ws, id uuid.UUID, page *SharePage) error {
	project, seen := page.Snapshot.Project(id)
	if !seen {
		return notFound("This share")
	}
	page.Project = &ProjectPage{Snapshot: page.Snapshot, ProjectName: project}
	latest, last, _ := parseMoment("") // which is not wrong
	var p queries.Pipeline
	p.Run(ctx, "begin isolation level repeatable read read only")
	counts := e.askReached(ctx, &p, page.Snapshot, ws, id)
	rows := e.askProjectIssues(ctx, &p, queries.ListIssuesByProjectParams{WorkspaceID: ws, ProjectID: id, TeamIDs: page.who.visibleTeams(),
		StatusIDs: page.openStatuses(), MilestoneIDs: []uuid.UUID{}, BeforeAt: latest, BeforeID: last, Most: PageSize})
	p.Run(ctx, "commit")
	if err := e.send(ctx, &p); err != nil {
		return fmt.Errorf("read a shared project: %w", err)
	}
	page.Project.fill(*counts, *rows)
	return nil
}

func (e *Engine) sharedList(ctx context.Context, share queries.GetShareByTokenRow, page *SharePage) error {
	query, err := url.ParseQuery(share.Filter)
	if err != nil {
		return fmt.Errorf("read the filter of share %s: %w", share.ID, err)
	}
	list := page.asMembersRead().teamList(page.Team, ListOptions{Terms: query["f"], Text: query.Get("text")})
	start, _ := parseAfter("") // which is not wrong
	var p queries.Pipeline
	p.Run(ctx, "begin isolation level repeatable read read only")
	rows := e.askGroups(ctx, &p, list.listParams(share.WorkspaceID, Layout{}, start, e.clock(time.Now())))
	p.Run(ctx, "commit")
	if err := e.send(ctx, &p); err != nil {
		return fmt.Errorf("read a shared list: %w", err)
	}
	page.Groups = list.filled(*rows, nil, Layout{})
	return nil
}

// asMembersRead is the snapshot in which a shared list's filter means what it did to whoever shared it: to a stranger the
// workspace's projects are none, so that "in no project" would let their issues through. The page names no project.
func (p SharePage) asMembersRead() Snapshot {
	s := p.Snapshot
	s.who.role = Member
	return s
}

// WatchShare follows what a share shows: its events never name more than that it changed. Close it when the reader goes. origins are the
// sites that may show it.
func (e *Engine) WatchShare(ctx context.Context, token Token) (_ *Subscription, origins []string, err error) {
	share, err := e.shareOf(ctx, token)
	if err != nil {
		return nil, nil, err
	}
	head, words, err := e.wordsOf(ctx, share.WorkspaceID)
	if err != nil {
		return nil, nil, err
	}
	s := &Subscription{box: newMailbox(head), topics: shareTopics(share), share: topic("share", share.ID)}
	s.setRights(words.version, rights{role: Guest, teams: map[uuid.UUID]bool{share.TeamID: true}})
	s.box.putAll(head) // what changed between the page and its stream is not known
	if err := e.join(ctx, share.WorkspaceID, s); err != nil {
		return nil, nil, err
	}
	if share, err = e.shareOf(ctx, token); err != nil { // again: its issue may have been transferred before anybody followed
		s.Close()
		return nil, nil, err
	}
	s.see(share.TeamID)
	s.box.caughtUp()
	return s, share.AllowedOrigins, nil
}

// shareTopics are what makes a share's page stale: the share itself, and what it shows.
func shareTopics(share queries.GetShareByTokenRow) map[string]bool {
	topics := map[string]bool{topic("share", share.ID): true, topicVocabulary: true}
	if share.IssueID != nil {
		topics[topic("issue", *share.IssueID)] = true
	} else {
		topics[topic("team", share.TeamID)] = true
	}
	return topics
}
