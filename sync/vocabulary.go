package sync

import (
	"context"
	stdsync "sync"

	"github.com/google/uuid"

	"tandem/queries"
)

// vocabulary is who and what fields refer to, at one V: small, read by every request, and so kept in memory.
// It is never changed once built; a write that touches one of its records makes the next reader load it anew.
type vocabulary struct {
	version int64 // of the topic 'vocabulary'
	epoch   uuid.UUID
	records map[Ref]*record
	byKind  map[string][]*record // in the order of the queries
}

func (v *vocabulary) all(kind string) []*record { return v.byKind[kind] }

func (v *vocabulary) rightsOf(member uuid.UUID) rights {
	return rightsIn(v.records[NewRef("member", member)], v.byKind["team"])
}

// teamByKey returns nil for a key that no team has.
func (v *vocabulary) teamByKey(key string) *record {
	for _, team := range v.byKind["team"] {
		if team.text("key") == key {
			return team
		}
	}
	return nil
}

// vocabularyQuestions asks for a vocabulary in a pipeline; build puts the answers together.
type vocabularyQuestions struct {
	workspace  *queries.GetWorkspaceRow
	members    *[]queries.ListMembersRow
	teams      *[]queries.ListTeamsRow
	statuses   *[]queries.ListStatusesRow
	labels     *[]queries.ListLabelsRow
	views      *[]queries.ListViewsRow
	projects   *[]queries.ListProjectsRow
	milestones *[]queries.ListMilestonesRow
	wishes     *[]queries.ListPreferencesRow
	cycles     *[]queries.ListCyclesRow
	templates  *[]queries.ListTemplatesRow
}

func askVocabulary(ctx context.Context, p *queries.Pipeline, q *queries.Queries, workspace uuid.UUID) vocabularyQuestions {
	return vocabularyQuestions{
		queries.Ask(p, func(db queries.DBTX) (queries.GetWorkspaceRow, error) { return q.GetWorkspace(ctx, db, workspace) }),
		queries.Ask(p, func(db queries.DBTX) ([]queries.ListMembersRow, error) { return q.ListMembers(ctx, db, workspace) }),
		queries.Ask(p, func(db queries.DBTX) ([]queries.ListTeamsRow, error) { return q.ListTeams(ctx, db, workspace) }),
		queries.Ask(p, func(db queries.DBTX) ([]queries.ListStatusesRow, error) { return q.ListStatuses(ctx, db, workspace) }),
		queries.Ask(p, func(db queries.DBTX) ([]queries.ListLabelsRow, error) { return q.ListLabels(ctx, db, workspace) }),
		queries.Ask(p, func(db queries.DBTX) ([]queries.ListViewsRow, error) { return q.ListViews(ctx, db, workspace) }),
		queries.Ask(p, func(db queries.DBTX) ([]queries.ListProjectsRow, error) { return q.ListProjects(ctx, db, workspace) }),
		queries.Ask(p, func(db queries.DBTX) ([]queries.ListMilestonesRow, error) {
			return q.ListMilestones(ctx, db, workspace)
		}),
		queries.Ask(p, func(db queries.DBTX) ([]queries.ListPreferencesRow, error) {
			return q.ListPreferences(ctx, db, workspace)
		}),
		queries.Ask(p, func(db queries.DBTX) ([]queries.ListCyclesRow, error) { return q.ListCycles(ctx, db, workspace) }),
		queries.Ask(p, func(db queries.DBTX) ([]queries.ListTemplatesRow, error) { return q.ListTemplates(ctx, db, workspace) }),
	}
}

func (a vocabularyQuestions) build(version int64) *vocabulary {
	v := &vocabulary{version: version, epoch: a.workspace.Epoch, records: map[Ref]*record{}, byKind: map[string][]*record{}}
	v.add(workspaceRecord(*a.workspace))
	for _, row := range *a.members {
		v.add(memberRecord(row))
	}
	for _, row := range *a.teams {
		v.add(teamRecord(row))
	}
	for _, row := range *a.statuses {
		v.add(statusRecord(row))
	}
	for _, row := range *a.labels {
		v.add(labelRecord(row))
	}
	for _, row := range *a.cycles {
		v.add(cycleRecord(row))
	}
	for _, row := range *a.views {
		v.add(viewRecord(row))
	}
	for _, row := range *a.projects {
		v.add(projectWord(row))
	}
	for _, row := range *a.milestones {
		v.add(milestoneRecord(row))
	}
	for _, row := range *a.wishes {
		v.add(preferenceRecord(row))
	}
	for _, row := range *a.templates {
		v.add(templateRecord(row))
	}
	return v
}

func (v *vocabulary) add(r *record) {
	v.records[r.ref()] = r
	v.byKind[r.kind] = append(v.byKind[r.kind], r)
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// vocabularies keeps each workspace's latest vocabulary. Safe for concurrent use.
type vocabularies struct {
	mu     stdsync.Mutex
	latest map[uuid.UUID]*vocabulary
}

// get returns nil when none is known.
func (v *vocabularies) get(workspace uuid.UUID) *vocabulary {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.latest[workspace]
}

// put keeps the newer of two. Versions of two epochs do not compare: then the one that was read last stays.
func (v *vocabularies) put(workspace uuid.UUID, fresh *vocabulary) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.latest == nil {
		v.latest = map[uuid.UUID]*vocabulary{}
	}
	if known := v.latest[workspace]; known == nil || known.epoch != fresh.epoch || known.version < fresh.version {
		v.latest[workspace] = fresh
	}
}
