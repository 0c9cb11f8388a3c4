package sync

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
)

// expected makes a placeholder for an address, with a role, that is in teams.
func (h *house) expected(t *testing.T, email, role string, teams ...uuid.UUID) Ref {
	t.Helper()
	ref := NewRef("member", newID())
	ops := []Operation{{Op: Create, Record: ref, Set: map[string]any{"name": "Dana", "handle": "dana", "email": email, "placeholder": true, "role": role}}}
	for _, team := range teams {
		ops = append(ops, Operation{Op: Add, Record: NewRef("team", team), Field: "members", Value: string(ref)})
	}
	must(t, h.asProgram(t.Context(), h.ws, Transaction{ID: newID(), Ops: ops}))
	return ref
}

// joins accepts an invite under an address, and returns whom it made.
func (h *house) joins(t *testing.T, email, role string, team uuid.UUID) (Person, MemberName) {
	t.Helper()
	person, err := h.PersonByEmail(t.Context(), email)
	if told, is := asError(err); is && told.Code == CodeNotFound {
		person, err = h.AddPerson(t.Context(), NewPerson{Name: "Whoever", Email: email, Password: "password"})
	}
	must(t, err)
	link, err := h.CreateInvite(t.Context(), h.ann, role, team)
	must(t, err)
	_, err = h.AcceptInvite(t.Context(), link, person)
	must(t, err)
	look, err := h.Look(t.Context(), h.ann)
	must(t, err)
	for _, member := range look.Members() {
		if member.Email == email && !member.Placeholder {
			return person, member
		}
	}
	t.Fatal("nobody joined")
	return Person{}, MemberName{}
}

// seen are the teams that a member sees, and those that they are in.
func (h *house) seen(t *testing.T, member uuid.UUID) (sees, in []string) {
	t.Helper()
	look, err := h.Look(t.Context(), Actor{h.ws, member})
	must(t, err)
	for _, team := range look.words.all("team") {
		if look.who.sees(team.id) {
			sees = append(sees, team.text("key"))
		}
		if look.who.isIn(team) {
			in = append(in, team.text("key"))
		}
	}
	return sees, in
}

// No address is verified: whoever types that of a placeholder must not see or do more than their link gives.
func TestAcceptInvite_GivesAPlaceholderNoMoreThanTheLinkDoes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		was, role string
		team      bool // whether the link names ENG
		sees, in  []string
	}{
		{was: Admin, role: Guest, team: true, sees: []string{"ENG"}, in: []string{"ENG"}},
		{was: Member, role: Member, sees: []string{"ENG"}},
		{was: Guest, role: Member, team: true, sees: []string{"ENG"}, in: []string{"ENG"}},
	} {
		t.Run(fmt.Sprint(c.was, " by a link for a ", c.role), func(t *testing.T) {
			t.Parallel()
			h := setup(t)
			trashed := newID()
			h.applied(t, h.ann, h.annsTab, Operation{Op: Create, Record: NewRef("team", trashed), Set: map[string]any{"key": "OLD", "name": "Old", "private": true}})
			dana := h.expected(t, "dana@example.com", c.was, h.team, h.private, trashed)
			h.applied(t, h.ann, h.annsTab, Operation{Op: Delete, Record: NewRef("team", trashed)})
			secret, _ := h.issueIn(t, h.private, "Sesame", having("assignee", string(dana)))
			var team uuid.UUID
			if c.team {
				team = h.team
			}
			person, joined := h.joins(t, "dana@example.com", c.role, team)
			if joined.ID != dana.ID() || joined.Role != c.role {
				t.Errorf("%+v", joined)
			}
			h.applied(t, h.ann, h.annsTab, Operation{Op: Restore, Record: NewRef("team", trashed)})
			sees, in := h.seen(t, dana.ID())
			if diff := cmp.Diff([2][]string{c.sees, c.in}, [2][]string{sees, in}); diff != "" {
				t.Errorf("sees, and is in (-want +got):\n%s", diff)
			}
			_, err := h.Issue(t.Context(), Actor{h.ws, dana.ID()}, IssueID{ID: secret.ID()})
			wantCode(t, err, CodeNotFound)

			h.applied(t, h.ann, h.annsTab, Operation{Op: Add, Record: NewRef("team", h.private), Field: "members", Value: string(dana)})
			if again, _ := h.joins(t, "dana@example.com", Member, uuid.Nil); again != person { // who is in stays as they are
				t.Errorf("%v", again)
			}
			if _, err := h.Issue(t.Context(), Actor{h.ws, dana.ID()}, IssueID{ID: secret.ID()}); err != nil {
				t.Errorf("whom an admin let in: %v", err)
			}
		})
	}
}

func TestAcceptInvite_GivesWhoHadLeftNoMoreThanTheLinkDoes(t *testing.T) {
	t.Parallel()
	h := setup(t)
	_, joined := h.joins(t, "dana@example.com", Member, h.private)
	h.applied(t, h.ann, h.annsTab, Operation{Op: Delete, Record: NewRef("member", joined.ID)})
	_, again := h.joins(t, "dana@example.com", Guest, h.team)
	sees, _ := h.seen(t, again.ID)
	if diff := cmp.Diff([]string{"ENG"}, sees); again.ID != joined.ID || diff != "" {
		t.Errorf("%+v %s", again, diff)
	}
}

// The operator knows whom they let in.
func TestAddMember_GivesAPlaceholderWhole(t *testing.T) {
	t.Parallel()
	h := setup(t)
	dana := h.expected(t, "dana@example.com", Member, h.private)
	person, err := h.AddPerson(t.Context(), NewPerson{Name: "Dana", Email: "dana@example.com", Password: "password"})
	must(t, err)
	_, err = h.AddMember(t.Context(), h.ws, person, Member)
	must(t, err)
	sees, in := h.seen(t, dana.ID())
	if diff := cmp.Diff([2][]string{{"ENG", "SEC"}, {"SEC"}}, [2][]string{sees, in}); diff != "" {
		t.Error(diff)
	}
}

func TestWithdraw_IsTheProgramsAlone(t *testing.T) {
	t.Parallel()
	h := setup(t)
	_, err := h.Push(t.Context(), h.ann, Push{Client: h.annsTab, Transactions: []Transaction{{ID: newID(), Ops: []Operation{{Op: Withdraw, Record: NewRef("member", h.ben.Member)}}}}})
	wantCode(t, err, CodeUnknownOp)
}
