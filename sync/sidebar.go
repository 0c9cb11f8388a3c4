package sync

import (
	"context"
	"time"

	"github.com/google/uuid"

	"tandem/queries"
)

// Sidebar is what the sidebar shows of its reader alone: what they have not read, what they keep at hand, and by team how many
// issues wait in triage.
type Sidebar struct {
	Unread
	Favourites Favourites
	Triage     map[uuid.UUID]int
}

// Sidebar reads all of it in one round trip.
func (e *Engine) Sidebar(ctx context.Context, actor Actor) (Sidebar, error) {
	var issues *[]uuid.UUID
	var rows *[]queries.ListFavouritesOfMemberRow
	var counted *[]queries.CountTriageRow
	snapshot, _, err := e.readInbox(ctx, actor, func(p *queries.Pipeline, s Snapshot, now time.Time) {
		issues = e.askUnread(ctx, p, s, actor, now)
		rows = e.askFavourites(ctx, p, s, actor)
		counted = e.askTriage(ctx, p, s, actor)
	})
	if err != nil {
		return Sidebar{}, err
	}
	beside := Sidebar{unreadOf(snapshot, *issues), snapshot.favourites(*rows), map[uuid.UUID]int{}}
	for _, row := range *counted {
		beside.Triage[row.TeamID] = int(row.Issues)
	}
	return beside, nil
}
