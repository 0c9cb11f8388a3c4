package sync

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"tandem/queries"
)

// PackSize bounds the open issues that a browser keeps for when it has no server: what one has in hand and what moved lately, some
// 10 MB of its disk at 20 KB each, and the first time 20 requests of 35 KB.
const PackSize = 500

// packTeams bounds the teams whose lists it keeps, at two pages each.
const packTeams = 12

// Pack is what a browser keeps of a workspace for when it has no server, and when each part of it last changed.
type Pack struct {
	Snapshot
	Shown  []string   // what the reader's rights show: with all of an earlier list nothing has gone out of sight since
	Names  int64      // when a name that lists show last changed
	Mine   int64      // when the reader's own list last changed
	Seen   int64      // when any issue that the reader sees last changed, or their own list
	Teams  []PackTeam // those that the reader is in first
	Issues []PackIssue
}

// PackTeam is a team whose list and board are kept.
type PackTeam struct {
	TeamName
	Stale int64
}

// PackIssue is an open issue whose page is kept.
type PackIssue struct {
	IssueRow
	Stale int64
}

// Pack lists what the reader's browser should keep, the most wanted first.
func (e *Engine) Pack(ctx context.Context, actor Actor) (Pack, error) {
	var pack Pack
	var rows *[]queries.ListPackRow
	var topics *[]queries.ListTopicsRow
	var err error
	pack.Snapshot, err = e.read(ctx, actor, func(p *queries.Pipeline, s Snapshot) error {
		pack.Teams = s.packTeams()
		rows = queries.Ask(p, func(db queries.DBTX) ([]queries.ListPackRow, error) {
			return e.queries.ListPack(ctx, db, queries.ListPackParams{WorkspaceID: actor.Workspace, MemberID: &actor.Member,
				TeamIDs: s.who.visibleTeams(), StatusIDs: s.openStatuses(), Most: PackSize})
		})
		topics = queries.Ask(p, func(db queries.DBTX) ([]queries.ListTopicsRow, error) {
			return e.queries.ListTopics(ctx, db, queries.ListTopicsParams{WorkspaceID: actor.Workspace, Names: s.packTopics()})
		})
		return nil
	})
	if err != nil {
		return Pack{}, err
	}
	pack.Shown = pack.who.list()
	pack.date(actor.Member, *topics)
	for _, row := range *rows {
		pack.Issues = append(pack.Issues, packIssue(row))
	}
	return pack, nil
}

func (s Snapshot) packTeams() []PackTeam {
	var mine, others []PackTeam
	for _, team := range s.Teams() {
		if slices.Contains(team.Members, s.who.member) {
			mine = append(mine, PackTeam{TeamName: team})
		} else {
			others = append(others, PackTeam{TeamName: team})
		}
	}
	all := slices.Concat(mine, others)
	return all[:min(len(all), packTeams)]
}

func (s Snapshot) packTopics() []string {
	names := []string{topicVocabulary, string(NewRef("member", s.who.member))}
	for _, team := range s.Teams() {
		names = append(names, string(NewRef("team", team.ID)))
	}
	return names
}

// date tells when each list last changed: when what it lists did, or the names on it.
func (p *Pack) date(me uuid.UUID, topics []queries.ListTopicsRow) {
	versions := map[string]int64{}
	for _, topic := range topics {
		versions[topic.Name] = topic.Version
		p.Seen = max(p.Seen, topic.Version)
	}
	stale := func(topic Ref) int64 { return max(versions[topicVocabulary], versions[string(topic)]) }
	p.Names = versions[topicVocabulary]
	p.Mine = stale(NewRef("member", me))
	for i, team := range p.Teams {
		p.Teams[i].Stale = stale(NewRef("team", team.ID))
	}
}

func packIssue(row queries.ListPackRow) PackIssue {
	return PackIssue{issueRow(queries.ListIssueGroupsRow{ID: row.ID, TeamID: row.TeamID, Number: row.Number, Title: row.Title, StatusID: row.StatusID,
		Priority: row.Priority, AssigneeID: row.AssigneeID, Labels: row.Labels, CycleID: row.CycleID, Version: row.Version}), row.Stale}
}
