package sync

import "testing"

// Names are read once for all; a follower who read them for each stretch of news would read them after every comment.
func TestInbox_NewsAreFoundByTheNamesInMemory(t *testing.T) {
	t.Parallel()
	h := toldHouse(t)
	issue, _ := h.issue(t, "Login")
	h.inbox(t, h.ben) // followed, and its names are read
	h.applied(t, h.ann, h.annsTab, commentOn(issue, "Look, @ben"))
	for _, renaming := range []string{"alter table label rename to label_away", "alter table label_away rename to label"} {
		must(t, h.follow(t.Context(), h.ws))
		_, err := h.pool.Exec(t.Context(), renaming)
		must(t, err)
		h.applied(t, h.ann, h.annsTab, commentOn(issue, "Again, @ben"))
	}
	h.applied(t, h.ann, h.annsTab, Operation{Op: Create, Record: NewRef("label", newID()), Set: map[string]any{"name": "bug"}}, commentOn(issue, "And once more, @ben"))
	h.hasInbox(t, h.ben, "Login mentioned 4")
}
