package sync

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	stdsync "sync"
	"time"

	"github.com/google/uuid"
)

// Looks at shares are counted in memory: a share that stands in many pages would else have all its readers write one row.

const (
	writeViewsEvery = 5 * time.Second
	writeViewsLast  = 5 * time.Second // how long an engine that stops waits for what it has counted
	mostViewed      = 10_000          // shares that are counted between two writings
)

// seenFrom is what a browser says of the site that a share is in: names that are not ASCII come in their ASCII form.
var seenFrom = regexp.MustCompile(`^https?://[a-z0-9_.:\[\]-]{1,280}$`)

// shareViews are the looks since they were last written.
type shareViews struct {
	writing stdsync.Mutex // one writes at a time, so that what comes back is older than what was counted meanwhile

	mu   stdsync.Mutex
	of   map[viewedShare]shareView
	lost int64 // looks at more shares than are counted
}

type viewedShare struct{ workspace, id uuid.UUID }

type shareView struct {
	count  int64
	origin string // the last that is known
}

func newShareViews() *shareViews { return &shareViews{of: map[viewedShare]shareView{}} }

// CountView counts that somebody looked at a share from a page of origin, which is "" where the browser does not tell; what is no
// origin counts as that. It is told within seconds by those who list the share; a node that is killed forgets what it counted last.
func (e *Engine) CountView(share SharePage, origin string) {
	if !seenFrom.MatchString(origin) {
		origin = ""
	}
	e.views.add(viewedShare{share.workspace, share.Share}, shareView{1, origin})
}

func (v *shareViews) add(share viewedShare, more shareView) {
	v.mu.Lock()
	defer v.mu.Unlock()
	counted, found := v.of[share]
	if !found && len(v.of) >= mostViewed {
		v.lost += more.count
		return
	}
	if more.origin == "" {
		more.origin = counted.origin
	}
	v.of[share] = shareView{counted.count + more.count, more.origin}
}

// take returns all that was counted, and begins anew.
func (v *shareViews) take() (of map[viewedShare]shareView, lost int64) {
	v.mu.Lock()
	defer v.mu.Unlock()
	of, lost = v.of, v.lost
	v.of, v.lost = map[viewedShare]shareView{}, 0
	return of, lost
}

// giveBack counts again what could not be written. An origin that was seen meanwhile is newer.
func (v *shareViews) giveBack(of map[viewedShare]shareView) {
	for share, counted := range of {
		v.mu.Lock()
		if newer := v.of[share].origin; newer != "" {
			counted.origin = newer
		}
		v.mu.Unlock()
		v.add(share, counted)
	}
}

// WriteViews writes what CountView has counted. The engine does so every few seconds and when it stops. After an error everything
// is still counted, and written the next time.
func (e *Engine) WriteViews(ctx context.Context) error {
	e.views.writing.Lock()
	defer e.views.writing.Unlock()
	of, lost := e.views.take()
	if lost > 0 {
		e.logger.WarnContext(ctx, "more shares are looked at than are counted at once", "uncounted", lost)
	}
	if len(of) == 0 {
		return nil
	}
	if err := e.queries.AddShareViews(ctx, e.pool, viewRows(of)); err != nil {
		e.views.giveBack(of)
		return fmt.Errorf("write looks at shares: %w", err)
	}
	return nil
}

func viewRows(of map[viewedShare]shareView) json.RawMessage {
	var r rows
	for share, counted := range of {
		r.begin()
		r.put("workspace_id", share.workspace)
		r.put("id", share.id)
		r.put("views", counted.count)
		r.put("origin", counted.origin)
		r.end()
	}
	return r.all()
}

// keepViews goes round until the engine stops.
func (e *Engine) keepViews() {
	for pause(e.background, writeViewsEvery); e.background.Err() == nil; pause(e.background, writeViewsEvery) {
		if err := e.WriteViews(e.background); err != nil && e.background.Err() == nil {
			e.logger.WarnContext(e.background, "looks at shares are not written yet; the next round tries again", "err", err)
		}
	}
}

// lastViews writes what is counted when the engine stops.
func (e *Engine) lastViews() {
	ctx, cancel := context.WithTimeout(context.Background(), writeViewsLast)
	defer cancel()
	if err := e.WriteViews(ctx); err != nil {
		e.logger.WarnContext(ctx, "the last looks at shares are not counted", "err", err)
	}
}
