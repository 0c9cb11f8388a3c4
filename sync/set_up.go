package sync

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"tandem/queries"
)

// Starter is what a new team begins with.
type Starter struct {
	Statuses []StarterStatus
	Labels   []StarterLabel
	Issues   []StarterIssue
}

// StarterStatus is a status of a new team, in workflow order.
type StarterStatus struct{ Name, Category, Color string }

// StarterLabel is a label of a new workspace.
type StarterLabel struct{ Name, Color string }

// StarterIssue is a sample that teaches.
type StarterIssue struct{ Title, Description, Status string }

// SetUp is what the setup page asks.
type SetUp struct {
	Person    NewPerson
	Workspace string
	TeamName  string
	TeamKey   string
	Starter   Starter
}

// setupLinks is how many of the links that were printed last are good: several nodes may start at once, and each prints one.
const setupLinks = 8

// setupHashes are the hashes of the links that are still good, one after the other; none when somebody is set up.
type setupHashes []byte

func (h setupHashes) with(token Token) setupHashes {
	all := append(slices.Clone(h[len(h)%sha256.Size:]), token.hash()...) // what is no hash would shift the others
	return all[max(0, len(all)-setupLinks*sha256.Size):]
}

func (h setupHashes) opens(token Token) bool {
	for one := range slices.Chunk(h, sha256.Size) {
		if bytes.Equal(one, token.hash()) {
			return true
		}
	}
	return false
}

// IssueSetupToken makes the secret of a setup link, unless somebody has set the instance up already. All links end then.
func (e *Engine) IssueSetupToken(ctx context.Context) (token Token, needed bool, err error) {
	err = pgx.BeginFunc(ctx, e.pool, func(tx pgx.Tx) error {
		hash, err := e.queries.LockInstance(ctx, tx)
		if err != nil || len(hash) == 0 {
			return err
		}
		token, needed = NewToken(), true
		return e.queries.UpdateInstanceSetup(ctx, tx, setupHashes(hash).with(token))
	})
	if err != nil {
		return "", false, fmt.Errorf("make the setup link: %w", err)
	}
	return token, needed, nil
}

// MaySetUp tells whether a setup link is still good. NotFound when it is not.
func (e *Engine) MaySetUp(ctx context.Context, token Token) error {
	instance, err := e.queries.GetInstance(ctx, e.pool)
	if err != nil {
		return fmt.Errorf("read the instance: %w", err)
	}
	if !setupHashes(instance.SetupTokenHash).opens(token) {
		return notFound("This setup link")
	}
	return nil
}

// NeedsSetup tells whether nobody has set the instance up yet.
func (e *Engine) NeedsSetup(ctx context.Context) (bool, error) {
	instance, err := e.queries.GetInstance(ctx, e.pool)
	if err != nil {
		return false, fmt.Errorf("read the instance: %w", err)
	}
	return len(instance.SetupTokenHash) > 0, nil
}

// SetUpInstance makes the first person, workspace and team. The link stays good until all of it is there, and doing it
// again after a crash goes on where it ended.
func (e *Engine) SetUpInstance(ctx context.Context, token Token, s SetUp) (person Person, slug string, err error) {
	err = pgx.BeginFunc(ctx, e.pool, func(tx pgx.Tx) error {
		hash, err := e.queries.LockInstance(ctx, tx)
		if err != nil {
			return fmt.Errorf("lock the instance: %w", err)
		}
		if !setupHashes(hash).opens(token) {
			return notFound("This setup link")
		}
		if person, slug, err = e.found(ctx, s); err != nil {
			return err
		}
		return e.queries.UpdateInstanceSetup(ctx, tx, nil)
	})
	return person, slug, err
}

func (e *Engine) found(ctx context.Context, s SetUp) (Person, string, error) {
	slug, err := checkSetUp(s)
	if err != nil {
		return Person{}, "", err
	}
	person, hash, err := checkPerson(s.Person)
	if err != nil {
		return Person{}, "", err
	}
	person.ID, err = e.queries.UpsertPerson(ctx, e.pool, queries.UpsertPersonParams{ID: person.ID, Email: person.Email, Name: person.Name, PasswordHash: hash})
	if err != nil {
		return Person{}, "", fmt.Errorf("add the first person: %w", err)
	}
	workspace, err := e.CreateWorkspace(ctx, slug, s.Workspace)
	if err != nil {
		return Person{}, "", err
	}
	founder, err := e.AddMember(ctx, workspace, person, Admin)
	if err != nil {
		return Person{}, "", err
	}
	return person, slug, e.startTeam(ctx, founder, s)
}

func checkSetUp(s SetUp) (slug string, err error) {
	wrong := map[string]string{}
	if _, bad := line(80).read(s.Workspace); bad != "" {
		wrong["workspace"] = bad
	}
	if _, bad := line(80).read(s.TeamName); bad != "" {
		wrong["team"] = bad
	}
	key, _ := fieldOf(teamNoun{}, "key")
	if _, bad := key.shape.read(s.TeamKey); bad != "" {
		wrong["key"] = bad
	}
	slug = WorkspaceSlug(s.Workspace)
	if slug == "" && wrong["workspace"] == "" {
		wrong["workspace"] = "Use at least two Latin letters or digits, so that the workspace has an address."
	}
	return slug, invalidFields(wrong)
}

func (e *Engine) startTeam(ctx context.Context, founder Actor, s SetUp) error {
	team := Derive(founder.Workspace, "team", s.TeamKey)
	ops := []Operation{{Op: Create, Record: NewRef("team", team), Set: map[string]any{
		"key": s.TeamKey, "name": s.TeamName, "members": []string{string(NewRef("member", founder.Member))}}}}
	ops = append(ops, StarterOps(founder.Workspace, team, s.Starter)...)
	id := Derive(founder.Workspace, "start", s.TeamKey)
	err := e.asProgram(ctx, founder.Workspace, Transaction{ID: id, Label: "Set up", Ops: ops})
	if err != nil {
		return err
	}
	if len(s.Starter.Issues) == 0 {
		return nil
	}
	_, client := Program(founder.Workspace)
	_, err = e.applyAs(ctx, &job{actor: founder, client: Derive(client, "samples"), program: true,
		transaction: Transaction{ID: Derive(id, "samples"), Label: "Set up", Ops: sampleOps(team, s.Starter)}})
	return err
}

// StarterOps make a team's statuses and the workspace's labels.
func StarterOps(workspace, team uuid.UUID, starter Starter) []Operation {
	var ops []Operation
	for i, status := range starter.Statuses {
		ops = append(ops, Operation{Op: Create, Record: NewRef("status", StatusID(team, status.Name)), Set: map[string]any{
			"team": string(NewRef("team", team)), "name": status.Name, "category": status.Category, "color": status.Color, "position": i}})
	}
	for _, label := range starter.Labels {
		ops = append(ops, Operation{Op: Create, Record: NewRef("label", Derive(workspace, "label", label.Name)),
			Set: map[string]any{"name": label.Name, "color": label.Color}})
	}
	return ops
}

// StatusID is the id of a status that a team began with.
func StatusID(team uuid.UUID, name string) uuid.UUID { return Derive(team, "status", name) }

func sampleOps(team uuid.UUID, starter Starter) []Operation {
	var ops []Operation
	for i := len(starter.Issues) - 1; i >= 0; i-- {
		issue := starter.Issues[i]
		ops = append(ops, Operation{Op: Create, Record: NewRef("issue", Derive(team, "sample", issue.Title)), Set: map[string]any{
			"team": string(NewRef("team", team)), "title": issue.Title, "description": issue.Description,
			"status": string(NewRef("status", StatusID(team, issue.Status)))}})
	}
	return ops
}
