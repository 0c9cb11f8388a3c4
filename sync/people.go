package sync

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"regexp"
	"strings"

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
	return Person{ID: row.ID, Name: row.Name, Email: row.Email}, nil
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
	return Person{ID: uuid.Must(uuid.NewV7()), Name: text(name), Email: strings.ToLower(address.Address)}, hash, nil
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

// AddMember puts a person into a workspace, and into teams, as its operator wishes. Somebody who is in it already stays as they are; a
// placeholder with their address becomes theirs, with all that an import gave it.
func (e *Engine) AddMember(ctx context.Context, workspace uuid.UUID, person Person, role string, teams ...uuid.UUID) (Actor, error) {
	return e.enrol(ctx, workspace, person, joining{role: role, teams: teams, keeps: true})
}

// joining is what somebody gets who joins.
type joining struct {
	role  string
	teams []uuid.UUID
	keeps bool // beside the teams that who waited here for them is in
}

func (e *Engine) enrol(ctx context.Context, workspace uuid.UUID, person Person, as joining) (Actor, error) {
	members, err := e.queries.ListMembers(ctx, e.pool, workspace)
	if err != nil {
		return Actor{}, fmt.Errorf("list members: %w", err)
	}
	taken := map[string]bool{}
	var waiting *queries.ListMembersRow
	for i, member := range members {
		taken[member.Handle] = true
		if member.PersonID != nil && *member.PersonID == person.ID && member.DeletedAt == nil {
			return Actor{workspace, member.ID}, nil
		}
		if member.Placeholder && member.DeletedAt == nil && strings.EqualFold(member.Email, person.Email) {
			waiting = &members[i]
		}
	}
	actor, op := newMember(workspace, person, as.role, taken)
	ops := []Operation{op}
	if gone := find(members, actor.Member); gone != nil {
		ops = []Operation{{Op: Restore, Record: NewRef("member", gone.ID)},
			{Op: Set, Record: NewRef("member", gone.ID), Base: &gone.Version, Set: map[string]any{"role": as.role}}}
	}
	if waiting != nil {
		actor.Member = waiting.ID
		ops = []Operation{{Op: Set, Record: NewRef("member", waiting.ID), Base: &waiting.Version, Set: map[string]any{
			"person": person.ID.String(), "name": person.Name, "role": as.role, "placeholder": false}}}
	}
	ops = append(ops, as.places(NewRef("member", actor.Member))...)
	return actor, e.asProgram(ctx, workspace, Transaction{ID: uuid.Must(uuid.NewV7()), Label: "Join", Ops: ops})
}

// places puts a member into the teams.
func (as joining) places(member Ref) (ops []Operation) {
	if !as.keeps {
		ops = append(ops, Operation{Op: Withdraw, Record: member})
	}
	for _, team := range as.teams {
		ops = append(ops, Operation{Op: Add, Record: NewRef("team", team), Field: "members", Value: string(member)})
	}
	return ops
}

func find(members []queries.ListMembersRow, id uuid.UUID) *queries.ListMembersRow {
	for i := range members {
		if members[i].ID == id {
			return &members[i]
		}
	}
	return nil
}

func newMember(workspace uuid.UUID, person Person, role string, taken map[string]bool) (Actor, Operation) {
	actor := Actor{workspace, Derive(workspace, "member", person.ID.String())}
	local, _, _ := strings.Cut(person.Email, "@")
	return actor, Operation{Op: Create, Record: NewRef("member", actor.Member), Set: map[string]any{
		"person": person.ID.String(), "name": person.Name, "handle": FreeHandle(local, taken), "email": person.Email, "role": role}}
}

var notInHandle = regexp.MustCompile(`[^a-z0-9._-]+`)

// FreeHandle turns a wish into a handle that is not taken.
func FreeHandle(wish string, taken map[string]bool) string {
	free, _ := NextHandle(HandleOf(wish), 1, taken)
	return free
}

// HandleOf is the handle that a wish comes to, whoever has it.
func HandleOf(wish string) string {
	handle := strings.TrimLeft(notInHandle.ReplaceAllString(strings.ToLower(wish), "-"), "._-")
	handle = handle[:min(len(handle), 32)]
	if handle == "" {
		handle = "member"
	}
	return handle
}

// NextHandle is the first that is not taken of a handle, which is its first, and those with a number behind it, from the nth on. next is
// where to look for one more, so that a thousand of the same name do not look for a million.
func NextHandle(handle string, nth int, taken map[string]bool) (free string, next int) {
	for free = handle; ; nth++ {
		if nth > 1 {
			free = fmt.Sprintf("%s%d", handle, nth)
		}
		if !taken[free] {
			return free, nth + 1
		}
	}
}
