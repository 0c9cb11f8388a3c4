package handlers

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"tandem/views"
)

// drawnBytes bounds what comments kept as they were drawn hold together.
const drawnBytes = 32 << 20

// drawnComments keep comments as pages show them, so that one of a long thread is drawn once, whoever reads it and whatever
// else changes in its issue. What a comment looks like depends on its data alone. Safe for concurrent use.
type drawnComments struct {
	kept *byteCache[drawnKey, pieces]
}

// pieces are HTML, cut where the transaction id of a page stands: that is another one at each reading.
type pieces []string

// drawnSize counts a comment with its texts: the cache of texts may have let go of them.
func drawnSize(key drawnKey, p pieces) int {
	bytes := 1024 + len(key.body.Source) + len(key.body.HTML) + len(key.reactions)
	for _, piece := range p {
		bytes += len(piece)
	}
	return bytes
}

// write puts a transaction id into the cuts.
func (p pieces) write(w io.Writer, tx string) error {
	for i, piece := range p {
		if i > 0 {
			if _, err := io.WriteString(w, tx); err != nil {
				return err
			}
		}
		if _, err := io.WriteString(w, piece); err != nil {
			return err
		}
	}
	return nil
}

func newDrawnComments() *drawnComments {
	return &drawnComments{newByteCache(drawnBytes, drawnSize)}
}

// cut stands for the transaction id while a comment is drawn. No text has it: PostgreSQL keeps none that does.
const cut = "\x00"

// component draws a comment of a whole page.
func (d *drawnComments) component(at views.Place, comment views.CommentData) templ.Component {
	tx := comment.TX
	comment.TX = cut
	if !concerns(comment) {
		comment.Me = views.Member{}
	}
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		pieces, err := d.pieces(ctx, at, comment)
		if err != nil {
			return err
		}
		return pieces.write(w, tx)
	})
}

func (d *drawnComments) pieces(ctx context.Context, at views.Place, comment views.CommentData) (pieces, error) {
	if comment.Draft != (views.Draft{}) || comment.Open != "" { // this reader's alone
		return drawnComment(ctx, at, comment)
	}
	key := drawnKeyOf(at, comment)
	if known, found := d.kept.get(key); found {
		return known, nil
	}
	drawn, err := drawnComment(ctx, at, comment)
	if err != nil {
		return nil, err
	}
	d.kept.add(key, drawn)
	return drawn, nil
}

func drawnComment(ctx context.Context, at views.Place, comment views.CommentData) (pieces, error) {
	body, err := render(ctx, views.Comment(at, comment))
	if err != nil {
		return nil, err
	}
	return strings.Split(string(body), cut), nil
}

// drawnKey is all that a comment's looks come from. Its texts are mostly those that texts keeps.
type drawnKey struct {
	at                           views.Place
	id, issue                    string
	version                      int64
	author, me                   views.Member
	created, edited              moment
	deleted, readOnly, moderates bool
	body                         views.Text
	reactions                    string
}

// moment is a time as it is worded somewhere.
type moment struct {
	at   int64
	zone string
}

func momentOf(t time.Time) moment {
	if t.IsZero() {
		return moment{}
	}
	return moment{t.UnixNano(), t.Location().String()}
}

func drawnKeyOf(at views.Place, c views.CommentData) drawnKey {
	key := drawnKey{at: at, id: c.ID, issue: c.Issue, version: c.Version, author: c.Author, me: c.Me,
		created: momentOf(c.Created), edited: momentOf(c.Edited), deleted: c.Deleted, readOnly: c.ReadOnly, moderates: c.Moderates, body: c.Body}
	if len(c.Reactions) > 0 {
		key.reactions = fmt.Sprintf("%q", c.Reactions)
	}
	return key
}

// concerns tells whether a comment is another one to its reader than to all others: their own, or one with their reactions.
func concerns(comment views.CommentData) bool {
	return comment.Author.ID == comment.Me.ID || slices.ContainsFunc(comment.Reactions, func(r views.Reaction) bool {
		return slices.ContainsFunc(r.Members, func(m views.Member) bool { return m.ID == comment.Me.ID })
	})
}
