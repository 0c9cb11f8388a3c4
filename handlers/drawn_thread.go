package handlers

import (
	"bytes"
	"context"
	"io"

	"github.com/a-h/templ"
	"github.com/google/uuid"

	"tandem/views"
)

// threadBytes bounds what threads kept as they were drawn hold together, and keptThread is what is worth it.
const (
	threadBytes = 32 << 20
	keptThread  = 8 << 10
)

// threadKey is what a thread's looks come from: a reading of the issue, and who sees it.
type threadKey struct {
	at            views.Place
	issue, member uuid.UUID
	epoch         uuid.UUID
	read          int64
	rights        string
}

// drawnThread is an issue's activity as one reader sees it on its page, cut where the transaction id of the page stands.
type drawnThread struct {
	cuts  [][]byte
	piece *sharedPiece // the longest of them
	tx    string
}

func newDrawnThreads() *byteCache[threadKey, drawnThread] {
	return newByteCache(threadBytes, func(_ threadKey, d drawnThread) int { return d.size() })
}

func (d drawnThread) size() int {
	bytes := 512
	for _, cut := range d.cuts {
		bytes += len(cut) + 24
	}
	if d.piece != nil {
		bytes += d.piece.blocksSize()
	}
	return bytes
}

// thread draws an issue's activity for a whole page, or takes it as it was drawn for the same reader before.
func (s *Server) thread(ctx context.Context, v visit, issue issuePage, d views.IssueData) (drawnThread, error) {
	key := threadKey{s.place(v), issue.ID, v.Member, issue.Epoch, issue.read, issue.Rights}
	drawn, known := s.threads.get(key)
	if !known {
		tx := d.TX
		d.Activity, d.TX = issue.activity(), cut
		html, err := render(ctx, views.Activity(s.place(v), d))
		if err != nil {
			return drawnThread{}, err
		}
		drawn = drawnThread{cuts: bytes.Split(html, []byte(cut))}
		if d.TX = tx; len(html) >= keptThread {
			drawn.piece = s.zips.piece(drawn.longest())
			s.threads.add(key, drawn)
		}
	}
	drawn.tx = d.TX
	return drawn, nil
}

func (d drawnThread) longest() []byte {
	longest := d.cuts[0]
	for _, cut := range d.cuts[1:] {
		if len(cut) > len(longest) {
			longest = cut
		}
	}
	return longest
}

// component puts the transaction id of a page into the cuts.
func (d drawnThread) component() templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		for i, cut := range d.cuts {
			if i > 0 {
				if _, err := io.WriteString(w, d.tx); err != nil {
					return err
				}
			}
			if _, err := w.Write(cut); err != nil {
				return err
			}
		}
		return nil
	})
}
