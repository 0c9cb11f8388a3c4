package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"

	"github.com/google/uuid"

	"tandem/internal/importer"
	"tandem/queries"
	"tandem/sync"
)

func (c *importCommand) run(ctx context.Context, p *program) error {
	return c.importPlace.take(ctx, p, func(string) *survey { return takeSurvey(c.Files, c.Pulls, fromGitHub) })
}

// take brings what a survey of the files finds into the team.
func (c *importPlace) take(ctx context.Context, p *program, look func(key string) *survey) error {
	key, err := checkTeamKey(c.Team)
	if err != nil {
		return err
	}
	found := look(key)
	if found.issues() == 0 {
		found.tell(p.stderr)
		return errNothing
	}
	db, err := sharedDatabase(ctx, p)
	if err != nil {
		return err
	}
	defer db.close(p)
	engine := newEngine(p, db)
	defer engine.Stop()
	i := newImport(p, db, engine, found, key)
	if i.workspace, err = engine.WorkspaceBySlug(ctx, c.Workspace); err != nil {
		return fmt.Errorf("there is no workspace %s", c.Workspace)
	}
	if c.DryRun {
		return i.rehearse(ctx)
	}
	return i.perform(ctx)
}

var errNothing = errors.New("nothing could be imported")

// issueImport brings the issues of a survey into a team. It may be done again: what is there already is passed over, comments that are
// new since then are added.
type issueImport struct {
	*program
	database  *database
	engine    *sync.Engine
	survey    *survey
	workspace uuid.UUID
	key       string
	members   []string // references to who joins the team, if it is made

	restores bool // what was taken back
	tally    tally

	// remark takes what is to be known of a single record. step is told how many issues more are dealt with, and the ids of those that are
	// about to be made; an error ends the import.
	remark func(string)
	step   func(ctx context.Context, done int, made []uuid.UUID) error
}

// newImport makes an import that tells nobody of its steps, and stderr what it remarks.
func newImport(p *program, db *database, engine *sync.Engine, found *survey, key string) *issueImport {
	return &issueImport{program: p, database: db, engine: engine, survey: found, key: key,
		remark: func(text string) { fmt.Fprintln(p.stderr, text) },
		step:   func(context.Context, int, []uuid.UUID) error { return nil }}
}

// lose counts and remarks something that did not go in.
func (i *issueImport) lose(what string, why error) {
	i.tally.lost++
	i.remark(fmt.Sprintf("%s was left out: %v", what, why))
}

// rehearse reports what would be done.
func (i *issueImport) rehearse(ctx context.Context) error {
	i.survey.tell(i.stderr)
	team, found, err := findTeam(ctx, i.database, i.workspace, i.key)
	if err != nil {
		return err
	}
	if err := i.checkStatuses(ctx, team); err != nil {
		return err
	}
	if !found {
		fmt.Fprintf(i.stderr, "the team %s would be made\n", i.key)
	}
	if _, err := i.learn(ctx, team, true); err != nil {
		return err
	}
	i.tally.tellVocabulary(i.stderr, "would be ")
	fmt.Fprintln(i.stderr, "nothing was changed: this was a dry run")
	return nil
}

func (i *issueImport) perform(ctx context.Context) error {
	target, err := i.prepare(ctx)
	if err != nil {
		return err
	}
	advance, finish := progress(i.stderr, i.survey.issues())
	i.step = func(_ context.Context, done int, _ []uuid.UUID) error {
		advance(done)
		return nil
	}
	err = i.write(ctx, &batch{issueImport: i, target: target})
	finish()
	i.survey.tell(i.stderr)
	i.tally.tell(i.stderr)
	if err != nil {
		return fmt.Errorf("the import was broken off, do it again to go on: %w", err)
	}
	if i.tally.nothing() {
		return errNothing
	}
	return nil
}

// prepare makes all that the issues refer to.
func (i *issueImport) prepare(ctx context.Context) (*target, error) {
	before, _, err := findTeam(ctx, i.database, i.workspace, i.key)
	if err == nil {
		err = i.checkStatuses(ctx, before)
	}
	if err != nil {
		return nil, err
	}
	team, err := ensureTeam(ctx, i.database, i.engine, i.workspace, i.key, i.teamName(), i.membership)
	if err != nil {
		return nil, err
	}
	return i.learn(ctx, team, false)
}

// teamName is the repository's name, where the files tell it.
func (i *issueImport) teamName() string {
	if name := oneLineOf(path.Base(i.survey.repo), 80); i.survey.repo != "" && name != "" {
		return name
	}
	return i.key
}

func (i *issueImport) membership(team uuid.UUID) []sync.Operation {
	var ops []sync.Operation
	for _, member := range i.members {
		ops = append(ops, sync.Operation{Op: sync.Add, Record: sync.NewRef("team", team), Field: "members", Value: member})
	}
	return ops
}

// manyIssues are worth looking at the tables anew.
const manyIssues = 500

// analyze has statements planned anew that servers planned while their tables were small. Without it the import is done as well.
func (i *issueImport) analyze(ctx context.Context) {
	if i.tally.newIssues < manyIssues {
		return
	}
	if err := queries.Analyze(ctx, i.database.pool); err != nil {
		i.logger.WarnContext(ctx, "the tables could not be analyzed after an import; PostgreSQL will do so by itself", "err", err)
	}
}

// write reads the files again, as often as they have windows, and hands the issues on in order.
func (i *issueImport) write(ctx context.Context, b *batch) error {
	for window := range i.survey.windows() {
		if err := i.step(ctx, 0, nil); err != nil {
			return err
		}
		issues, err := i.readWindow(window)
		if err != nil {
			return err
		}
		for _, issue := range issues {
			if err := b.add(ctx, issue); err != nil {
				return err
			}
		}
	}
	if err := b.flush(ctx); err != nil {
		return err
	}
	if err := b.writeParents(ctx); err != nil {
		return err
	}
	i.analyze(ctx)
	return nil
}

// readWindow reads some issues. The problems of the files were told by the survey.
func (i *issueImport) readWindow(window []string) ([]importer.Issue, error) {
	place := map[string]int{}
	for n, id := range window {
		place[id] = n
	}
	var issues []importer.Issue
	for _, file := range i.survey.files {
		_, err := i.survey.read.read(file, importer.Sink{
			Issue: func(issue importer.Issue) error {
				if _, wanted := place[issue.SourceID]; wanted {
					issues = append(issues, issue)
				}
				return nil
			},
			Problem: func(importer.Problem) {},
		})
		if err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(issues, func(a, b importer.Issue) int { return place[a.SourceID] - place[b.SourceID] })
	return issues, nil
}

// importInto imports a file into a team of its own, named after the file's repository.
func (s *site) importInto(ctx context.Context, workspace string, file string) error {
	found := takeSurvey([]string{file}, false, fromGitHub)
	if found.issues() == 0 {
		found.tell(s.stderr)
		return fmt.Errorf("--from %s: %w", file, errNothing)
	}
	p := *s.program
	p.stderr = io.Discard // the log has a line instead of the report
	i := newImport(&p, s.database, s.engine, found, sync.TeamKey(path.Base(found.repo)))
	var err error
	if i.workspace, err = s.engine.WorkspaceBySlug(ctx, workspace); err != nil {
		return err
	}
	if i.members, err = i.accounts(ctx); err != nil {
		return err
	}
	err = i.perform(ctx)
	s.logger.InfoContext(ctx, "file imported", "file", file, "team", i.key, "issues", i.tally.newIssues, "comments", i.tally.newComments,
		"problems", len(found.problems)+i.tally.lost)
	return err
}

// accounts are all members but guests who can sign in.
func (i *issueImport) accounts(ctx context.Context) ([]string, error) {
	rows, err := queries.New().ListMembers(ctx, i.database.pool, i.workspace)
	var refs []string
	for _, row := range rows {
		if row.PersonID != nil && row.DeletedAt == nil && row.Role != sync.Guest {
			refs = append(refs, string(sync.NewRef("member", row.ID)))
		}
	}
	return refs, err
}
