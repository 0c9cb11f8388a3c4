package sync

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"tandem/queries"
)

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

// AcceptInvite puts a person into the workspace of a link. Nobody has made sure that an address is theirs: who waited here under it, a
// placeholder or somebody who had left, becomes theirs with all that they wrote, and with the role and the team of the link alone.
func (e *Engine) AcceptInvite(ctx context.Context, token Token, person Person) (Invite, error) {
	invite, err := e.InviteOf(ctx, token)
	if err != nil {
		return Invite{}, err
	}
	as := joining{role: invite.Role}
	if invite.Team != uuid.Nil {
		as.teams = []uuid.UUID{invite.Team}
	}
	if _, err = e.enrol(ctx, invite.Workspace, person, as); err != nil {
		return Invite{}, err
	}
	if _, err := e.queries.UseInvite(ctx, e.pool, token.hash()); err != nil {
		return Invite{}, fmt.Errorf("use an invite: %w", err)
	}
	return invite, nil
}
