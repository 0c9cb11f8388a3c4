package handlers

import (
	"context"
	"io"

	"github.com/a-h/templ"
	"github.com/google/uuid"

	"tandem/sync"
	"tandem/views"
)

// rowBytes bounds what rows kept as they were drawn hold together.
const rowBytes = 32 << 20

// drawnRowKey is all that a row's looks come from: the issue as of its version, what is shown of others beside it, and by whose eyes.
type drawnRowKey struct {
	by       rowLook
	id       uuid.UUID
	version  int64
	parent   string
	progress sync.Progress
	blocked  bool
}

// rowLook is what the rows of a list have in common.
type rowLook struct {
	at     views.Place
	epoch  uuid.UUID
	names  int64
	rights string
	days   string
}

func newDrawnRows() *byteCache[drawnRowKey, []byte] {
	return newByteCache(rowBytes, func(key drawnRowKey, html []byte) int { return len(html) + len(key.parent) + 256 })
}

// drawnRows are rows of a list, each drawn once for all lists and all who see the same: a change of one leaves hundreds as they were.
func (s *Server) drawnRows(at views.Place, n named, rows []sync.IssueRow, family sync.Family) templ.Component {
	look := rowLook{at, n.Epoch, n.Names(), n.Rights, days(n.Snapshot)}
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		for _, row := range rows {
			key := drawnRowKey{look, row.ID, row.Version, family.Parents[row.Parent].Title, family.Progress[row.ID], family.Blocked(row.ID)}
			html, known := s.rows.get(key)
			if !known {
				drawn := n.row(row, family)
				drawn.Selects = true
				var err error
				if html, err = render(ctx, views.IssueRow(at, drawn)); err != nil {
					return err
				}
				s.rows.add(key, html)
			}
			if _, err := w.Write(html); err != nil {
				return err
			}
		}
		return nil
	})
}
