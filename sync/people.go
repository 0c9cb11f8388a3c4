package sync

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/mail"
	"regexp"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"tandem/queries"
)

// NewPerson is what somebody tells of themselves to get an account.
type NewPerson struct {
	Name     string
	Email    string
	Password string
}

// AddPerson makes an account. Invalid names what is wrong, an address that is in use among it.
func (e *Engine) AddPerson(ctx context.Context, new NewPerson) (Person, error) {
	person, hash, err := checkPerson(new)
	if err != nil {
		return Person{}, err
	}
	err = e.queries.InsertPerson(ctx, e.pool, queries.InsertPersonParams{ID: person.ID, Email: person.Email, Name: person.Name, PasswordHash: hash})
	if told := domainError(err); told != nil {
		return Person{}, told
	}
	if err != nil {
		return Person{}, fmt.Errorf("add a person: %w", err)
	}
	return person, nil
}

// PersonByEmail finds an account; NotFound when there is none.
func (e *Engine) PersonByEmail(ctx context.Context, email string) (Person, error) {
	row, err := e.queries.GetPersonByEmail(ctx, e.pool, email)
	if errors.Is(err, pgx.ErrNoRows) {
		return Person{}, notFound("This person")
	}
	if err != nil {
		return Person{}, fmt.Errorf("find a person: %w", err)
	}
	return Person{row.ID, row.Name, row.Email}, nil
}

func checkPerson(new NewPerson) (Person, string, error) {
	wrong := map[string]string{}
	name, badName := line(120).read(new.Name)
	if badName != "" {
		wrong["name"] = badName
	}
	address, err := mail.ParseAddress(strings.TrimSpace(new.Email))
	if err != nil || address.Name != "" || len(address.Address) > 254 {
		wrong["email"] = "Write an e-mail address such as ann@example.com."
	}
	hash, err := hashPassword(new.Password)
	if told, ok := errors.AsType[*Error](err); ok {
		wrong["password"] = told.Text
	} else if err != nil {
		return Person{}, "", err
	}
	if len(wrong) > 0 {
		return Person{}, "", invalidFields(wrong)
	}
	return Person{uuid.Must(uuid.NewV7()), text(name), strings.ToLower(address.Address)}, hash, nil
}

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

// IssueSetupToken makes the secret of the one-time setup link, unless somebody has set the instance up already. An
// earlier link that was not used ends.
func (e *Engine) IssueSetupToken(ctx context.Context) (token Token, needed bool, err error) {
	err = pgx.BeginFunc(ctx, e.pool, func(tx pgx.Tx) error {
		hash, err := e.queries.LockInstance(ctx, tx)
		if err != nil || len(hash) == 0 {
			return err
		}
		token, needed = NewToken(), true
		return e.queries.UpdateInstanceSetup(ctx, tx, token.hash())
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
	if len(instance.SetupTokenHash) == 0 || !bytes.Equal(instance.SetupTokenHash, token.hash()) {
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
		if len(hash) == 0 || !bytes.Equal(hash, token.hash()) {
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

// reserved are the first segments of URLs that are not a workspace's.
var reserved = map[string]bool{"sign-in": true, "sign-out": true, "setup": true, "invite": true, "assets": true, "embed": true,
	"oembed": true, "healthz": true, "readyz": true, "metrics": true, "demo": true, "static": true, "api": true}

var notInSlug = regexp.MustCompile(`[^a-z0-9]+`)

// WorkspaceSlug is the address that a workspace's name makes, or "" when it makes none.
func WorkspaceSlug(name string) string {
	slug := strings.Trim(notInSlug.ReplaceAllString(strings.ToLower(name), "-"), "-")
	slug = strings.TrimLeft(slug, "0123456789-")
	if len(slug) > 31 {
		slug = strings.Trim(slug[:31], "-")
	}
	if len(slug) < 2 {
		return ""
	}
	if reserved[slug] {
		return slug + "-team"
	}
	return slug
}

// TeamKey guesses a key from a team's name: its first letters, as Linear and people would.
func TeamKey(name string) string {
	letters := regexp.MustCompile(`[^A-Z0-9]`).ReplaceAllString(strings.ToUpper(name), "")
	letters = strings.TrimLeft(letters, "0123456789")
	if len(letters) < 2 {
		return "TEAM"
	}
	return letters[:min(3, len(letters))]
}

// CreateWorkspace makes an empty workspace, or finds the one that has the slug.
func (e *Engine) CreateWorkspace(ctx context.Context, slug, name string) (uuid.UUID, error) {
	err := pgx.BeginFunc(ctx, e.pool, func(tx pgx.Tx) error {
		id := uuid.Must(uuid.NewV7())
		made, err := e.queries.InsertWorkspaceIfNew(ctx, tx, queries.InsertWorkspaceIfNewParams{ID: id, Slug: slug, Name: name, Epoch: uuid.New()})
		if err != nil || made == 0 {
			return err
		}
		return e.queries.InsertWorkspaceLockIfNew(ctx, tx, id)
	})
	if told := domainError(err); told != nil {
		return uuid.Nil, told
	}
	if err != nil {
		return uuid.Nil, fmt.Errorf("make the workspace %s: %w", slug, err)
	}
	return e.WorkspaceBySlug(ctx, slug)
}

// WorkspaceBySlug finds a workspace; NotFound when there is none.
func (e *Engine) WorkspaceBySlug(ctx context.Context, slug string) (uuid.UUID, error) {
	id, err := e.queries.GetWorkspaceIDBySlug(ctx, e.pool, slug)
	if errors.Is(err, pgx.ErrNoRows) {
		return uuid.Nil, notFound("This workspace")
	}
	if err != nil {
		return uuid.Nil, fmt.Errorf("find the workspace %s: %w", slug, err)
	}
	return id, nil
}

// Derive makes the id that something of a workspace always has, so that doing it again finds it done.
func Derive(workspace uuid.UUID, what ...string) uuid.UUID {
	return uuid.NewSHA1(workspace, []byte(strings.Join(what, "\x00")))
}

// Program is the actor and client of what the program itself does in a workspace.
func Program(workspace uuid.UUID) (Actor, uuid.UUID) {
	return Actor{Workspace: workspace}, Derive(workspace, "program")
}

// asProgram does one transaction without asking for rights.
func (e *Engine) asProgram(ctx context.Context, workspace uuid.UUID, transaction Transaction) error {
	actor, client := Program(workspace)
	_, err := e.applyAs(ctx, &job{actor: actor, client: client, transaction: transaction, program: true})
	return err
}

// AddMember puts a person into a workspace, and into teams. Somebody who is in it already stays as they are.
func (e *Engine) AddMember(ctx context.Context, workspace uuid.UUID, person Person, role string, teams ...uuid.UUID) (Actor, error) {
	actor := Actor{workspace, Derive(workspace, "member", person.ID.String())}
	if _, err := e.queries.GetMemberByPerson(ctx, e.pool, queries.GetMemberByPersonParams{WorkspaceID: workspace, PersonID: &person.ID}); err == nil {
		return actor, nil
	} else if !errors.Is(err, pgx.ErrNoRows) {
		return Actor{}, fmt.Errorf("find the member: %w", err)
	}
	handle, err := e.freeHandle(ctx, workspace, person)
	if err != nil {
		return Actor{}, err
	}
	ref := NewRef("member", actor.Member)
	ops := []Operation{{Op: Create, Record: ref, Set: map[string]any{
		"person": person.ID.String(), "name": person.Name, "handle": handle, "email": person.Email, "role": role}}}
	for _, team := range teams {
		ops = append(ops, Operation{Op: Add, Record: NewRef("team", team), Field: "members", Value: string(ref)})
	}
	return actor, e.asProgram(ctx, workspace, Transaction{ID: uuid.Must(uuid.NewV7()), Label: "Join", Ops: ops})
}

// freeHandle makes a handle of a name or address that nobody in the workspace has.
func (e *Engine) freeHandle(ctx context.Context, workspace uuid.UUID, person Person) (string, error) {
	members, err := e.queries.ListMembers(ctx, e.pool, workspace)
	if err != nil {
		return "", fmt.Errorf("list members: %w", err)
	}
	taken := map[string]bool{}
	for _, member := range members {
		taken[member.Handle] = true
	}
	local, _, _ := strings.Cut(person.Email, "@")
	return FreeHandle(local, taken), nil
}

var notInHandle = regexp.MustCompile(`[^a-z0-9._-]+`)

// FreeHandle turns a wish into a handle that is not taken.
func FreeHandle(wish string, taken map[string]bool) string {
	handle := strings.TrimLeft(notInHandle.ReplaceAllString(strings.ToLower(wish), "-"), "._-")
	handle = handle[:min(len(handle), 32)]
	if handle == "" {
		handle = "member"
	}
	free := handle
	for n := 2; taken[free]; n++ {
		free = fmt.Sprintf("%s%d", handle, n)
	}
	return free
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

// Invite lets people in who have its link.
type Invite struct {
	Workspace     uuid.UUID
	WorkspaceName string
	Slug          string
	Role          string
	Team          uuid.UUID // zero: none
}

const inviteLife = 7 * 24 * time.Hour

// CreateInvite makes a link that lets people in for a week, up to a hundred of them. Only admins may.
func (e *Engine) CreateInvite(ctx context.Context, actor Actor, role string, team uuid.UUID) (Token, error) {
	snapshot, err := e.Look(ctx, actor)
	if err != nil {
		return "", err
	}
	if !snapshot.Admin() {
		return "", forbidden("Only an admin may invite.")
	}
	roles := oneOf(Admin, Member, Guest)
	if _, bad := roles.read(role); bad != "" {
		return "", invalid("role", bad)
	}
	if _, seen := snapshot.Team(team); team != uuid.Nil && !seen {
		return "", notFound("This team")
	}
	if role == Guest && team == uuid.Nil {
		return "", invalid("team", "A guest sees only the teams they are in; choose one.")
	}
	token := NewToken()
	err = e.queries.InsertInvite(ctx, e.pool, queries.InsertInviteParams{TokenHash: token.hash(), WorkspaceID: actor.Workspace, TeamID: optional(team),
		Role: role, CreatedBy: actor.Member, ExpiresAt: time.Now().Add(inviteLife), UsesLeft: 100})
	if err != nil {
		return "", fmt.Errorf("make an invite: %w", err)
	}
	return token, nil
}

// InviteOf finds what a link invites to. NotFound when it has ended.
func (e *Engine) InviteOf(ctx context.Context, token Token) (Invite, error) {
	row, err := e.queries.GetInvite(ctx, e.pool, token.hash())
	if errors.Is(err, pgx.ErrNoRows) {
		return Invite{}, notFound("This invite")
	}
	if err != nil {
		return Invite{}, fmt.Errorf("find an invite: %w", err)
	}
	invite := Invite{Workspace: row.WorkspaceID, WorkspaceName: row.WorkspaceName, Slug: row.Slug, Role: row.Role}
	if row.TeamID != nil {
		invite.Team = *row.TeamID
	}
	return invite, nil
}

// AcceptInvite puts a person into the workspace of a link.
func (e *Engine) AcceptInvite(ctx context.Context, token Token, person Person) (Invite, error) {
	invite, err := e.InviteOf(ctx, token)
	if err != nil {
		return Invite{}, err
	}
	used, err := e.queries.UseInvite(ctx, e.pool, token.hash())
	if err != nil {
		return Invite{}, fmt.Errorf("use an invite: %w", err)
	}
	if used == 0 {
		return Invite{}, notFound("This invite")
	}
	var teams []uuid.UUID
	if invite.Team != uuid.Nil {
		teams = append(teams, invite.Team)
	}
	_, err = e.AddMember(ctx, invite.Workspace, person, invite.Role, teams...)
	return invite, err
}
