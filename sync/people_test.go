package sync

import "testing"

func TestAddMember(t *testing.T) {
	t.Parallel()

	t.Run("a placeholder with the person's address becomes theirs", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		waiting := NewRef("member", newID())
		must(t, h.asProgram(t.Context(), h.ws, Transaction{ID: newID(), Ops: []Operation{{Op: Create, Record: waiting, Set: map[string]any{
			"name": "Dana from the import", "handle": "dana", "email": "Dana@example.com", "placeholder": true, "role": Member}}}}))
		person, err := h.AddPerson(t.Context(), NewPerson{Name: "Dana", Email: "dana@example.com", Password: "password"})
		must(t, err)
		actor, err := h.AddMember(t.Context(), h.ws, person, Guest)
		must(t, err)
		snapshot, err := h.Look(t.Context(), actor)
		must(t, err)
		if me := snapshot.Me(); me.ID != waiting.ID() || me.Name != "Dana" || me.Handle != "dana" || me.Placeholder || me.Role != Guest {
			t.Errorf("%+v", me)
		}
	})

	t.Run("a member who was removed can come back", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		person, err := h.AddPerson(t.Context(), NewPerson{Name: "Dana", Email: "dana@example.com", Password: "password"})
		must(t, err)
		dana, err := h.AddMember(t.Context(), h.ws, person, Member, h.team)
		must(t, err)
		h.applied(t, h.ann, h.annsTab, Operation{Op: Delete, Record: NewRef("member", dana.Member)})
		_, err = h.Look(t.Context(), dana)
		wantCode(t, err, CodeNotFound)
		again, err := h.AddMember(t.Context(), h.ws, person, Guest, h.team)
		must(t, err)
		snapshot, err := h.Look(t.Context(), again)
		must(t, err)
		if again != dana || snapshot.Me().Role != Guest {
			t.Errorf("%v, %+v", again, snapshot.Me())
		}
	})

	t.Run("doing it twice makes one member", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		person, err := h.AddPerson(t.Context(), NewPerson{Name: "Dana", Email: "dana@example.com", Password: "password"})
		must(t, err)
		first, err := h.AddMember(t.Context(), h.ws, person, Member)
		must(t, err)
		again, err := h.AddMember(t.Context(), h.ws, person, Admin)
		must(t, err)
		if first != again {
			t.Errorf("%v and %v", first, again)
		}
	})
}

func TestSignIn(t *testing.T) {
	t.Parallel()
	h := setup(t)
	_, err := h.AddPerson(t.Context(), NewPerson{Name: "Dana", Email: "dana@example.com", Password: "password"})
	must(t, err)

	t.Run("opens a session that ends with signing out", func(t *testing.T) {
		t.Parallel()
		token, err := h.SignIn(t.Context(), " Dana@Example.com ", "password", "192.0.2.1", "test")
		must(t, err)
		person, err := h.SignedIn(t.Context(), token)
		must(t, err)
		if person.Email != "dana@example.com" {
			t.Errorf("%+v", person)
		}
		must(t, h.SignOut(t.Context(), token))
		_, err = h.SignedIn(t.Context(), token)
		wantCode(t, err, CodeSignedOut)
	})

	t.Run("does not tell a wrong address from a wrong password", func(t *testing.T) {
		t.Parallel()
		_, wrongPassword := h.SignIn(t.Context(), "dana@example.com", "wrong", "192.0.2.2", "test")
		_, nobody := h.SignIn(t.Context(), "nobody@example.com", "wrong", "192.0.2.2", "test")
		if !sameAnswer(wrongPassword, nobody) {
			t.Errorf("%v, %v", wrongPassword, nobody)
		}
	})

	t.Run("is limited for an address and for where it comes from", func(t *testing.T) {
		t.Parallel()
		for range 10 {
			_, err := h.SignIn(t.Context(), "eli@example.com", "wrong", "192.0.2.3", "test")
			wantCode(t, err, CodeInvalid)
		}
		_, err := h.SignIn(t.Context(), "eli@example.com", "wrong", "192.0.2.4", "test")
		wantCode(t, err, CodeRateLimited)
		_, err = h.SignIn(t.Context(), "fay@example.com", "wrong", "192.0.2.3", "test")
		wantCode(t, err, CodeRateLimited)
	})
}
