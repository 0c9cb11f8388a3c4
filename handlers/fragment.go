package handlers

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"tandem/sync"
)

// fragment is a part of a page that many look at. It holds nothing of its viewer beside their rights.
type fragment struct {
	fresh  sync.Freshness // the V now, and when what the fragment shows last changed
	name   string         // what of its URL decides what it shows; a fragment about "me" names the member too
	draw   func(ctx context.Context) (sync.Snapshot, templ.Component, error)
	beside []string // the topics of what it shows that is not its own
}

// errRightsMoved says that the reader's rights changed between the two looks at them: what was drawn may show more than
// those see whom it would be kept for. The request begins anew.
var errRightsMoved = errors.New("the reader's rights changed meanwhile")

// fragment answers with the fragment, or with a 304 when the browser has it as it is: then nothing is read or rendered.
func (s *Server) fragment(c echo.Context, f fragment) error {
	tag := s.tag(f.fresh, f.beside...)
	if had, ok := held(c.Request().Header.Get("If-None-Match"), tag); ok {
		c.Response().Header().Set("ETag", had)
		setVersion(c, f.fresh.Version)
		return c.NoContent(http.StatusNotModified)
	}
	drawn, err := s.draw(c.Request().Context(), f)
	if err != nil {
		return err
	}
	c.Response().Header().Set("ETag", etag(tag, drawn.sum))
	if drawn, err = s.sinceThen(c, f, drawn); err != nil {
		return err
	}
	shown := drawn.at(f.fresh.Version)
	setVersion(c, shown.version)
	return sendCompressed(c, http.StatusOK, htmlType, shown.body, shown.compressed)
}

// draw gives the fragment, from memory where it was drawn before.
func (s *Server) draw(ctx context.Context, f fragment) (*drawnFragment, error) {
	return s.fragments.get(ctx, f.name+" "+s.tag(f.fresh, f.beside...), f)
}

// tag says what a fragment depends on: under equal tags nothing differs but the V that it is true at. It names what is shown
// beside the fragment's own, since the latest change of what is left says nothing of what has gone out of sight.
func (s *Server) tag(fresh sync.Freshness, beside ...string) string {
	parts := []string{fresh.Epoch.String(), string(s.build), fresh.Rights, base36(fresh.Stale), days(fresh.Snapshot)}
	if len(beside) > 0 {
		sum := sha256.Sum256([]byte(strings.Join(beside, " ")))
		parts = append(parts, hex.EncodeToString(sum[:6]))
	}
	if fresh.Marks != "" {
		parts = append(parts, fresh.Marks)
	}
	return strings.Join(parts, "-")
}

// etag is weak: a tag, and the sum of the body where that matters. What is drawn a moment after its tag was taken may be ahead
// of it, on one node and not on another.
func etag(tag, sum string) string {
	if sum == "" {
		return `W/"` + tag + `"`
	}
	return `W/"` + tag + "~" + sum + `"`
}

// parseETag is the reverse of etag; of anything else it makes a tag that is none of ours.
func parseETag(text string) (tag, sum string) {
	tag, sum, _ = strings.Cut(strings.Trim(strings.TrimPrefix(text, "W/"), `"`), "~")
	return tag, sum
}

// held finds in an If-None-Match what has the tag, whatever its body.
func held(ifNoneMatch, tag string) (string, bool) {
	for candidate := range strings.SplitSeq(ifNoneMatch, ",") {
		candidate = strings.TrimSpace(candidate)
		if candidate == "*" {
			return etag(tag, ""), true
		}
		if had, _ := parseETag(candidate); had == tag {
			return candidate, true
		}
	}
	return "", false
}

// days are the dates that it is now in the time zones of the reader's teams, one for each zone: due dates are worded by them.
func days(snapshot sync.Snapshot) string {
	dates := map[string]string{"UTC": snapshot.At.UTC().Format("0102")}
	for _, team := range snapshot.Teams() {
		zone := zoneOf(team)
		dates[zone.String()] = snapshot.At.In(zone).Format("0102")
	}
	var all []string
	for _, zone := range slices.Sorted(maps.Keys(dates)) {
		all = append(all, dates[zone])
	}
	return strings.Join(all, ".")
}

// drawTime bounds a rendering that several wait for: it must not end with the first of them.
const drawTime = 15 * time.Second

// drawn renders a fragment for all who have the same rights.
func (f fragment) drawn(ctx context.Context, zips *zipper) (*drawnFragment, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), drawTime)
	defer cancel()
	snapshot, component, err := f.draw(ctx)
	if err != nil {
		return nil, err
	}
	if snapshot.Rights != f.fresh.Rights || snapshot.Epoch != f.fresh.Epoch {
		return nil, errRightsMoved
	}
	body, err := render(ctx, component)
	if err != nil {
		return nil, err
	}
	return newDrawnFragment(zips, snapshot.Version, body), nil
}
