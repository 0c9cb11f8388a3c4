package handlers

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	stdsync "sync"

	"golang.org/x/sync/singleflight"
)

// fragmentBytes bounds what fragments kept in memory hold together.
const fragmentBytes = 64 << 20

// fragmentCache keeps rendered fragments by what decides their content. Safe for concurrent use.
type fragmentCache struct {
	kept   *byteCache[string, *drawnFragment]
	flight singleflight.Group
	zips   *zipper
}

func newFragmentCache(zips *zipper) *fragmentCache {
	return &fragmentCache{kept: newByteCache(fragmentBytes, func(key string, f *drawnFragment) int { return len(key) + f.size() }), zips: zips}
}

// get returns the fragment of a key. However many ask at once, it is drawn once.
func (f *fragmentCache) get(ctx context.Context, key string, wanted fragment) (*drawnFragment, error) {
	if known, found := f.kept.get(key); found {
		return known, nil
	}
	answer := f.flight.DoChan(key, func() (any, error) {
		if known, found := f.kept.get(key); found {
			return known, nil // an earlier flight landed since the look above
		}
		drawn, err := safely(func() (*drawnFragment, error) { return wanted.drawn(ctx, f.zips) })
		if err == nil {
			f.kept.add(key, drawn)
		}
		return drawn, err
	})
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case result := <-answer:
		drawn, _ := result.Val.(*drawnFragment)
		return drawn, result.Err
	}
}

// drawnFragment is a rendered fragment. The V that it says it is true at rises while nothing in it changes.
type drawnFragment struct {
	sum      string // of the body but for the V
	from, to int    // where the V stands in the body; from = 0: it has none
	zips     *zipper

	mu     stdsync.Mutex
	latest shownFragment
}

// shownFragment is a fragment as it is sent. It never changes.
type shownFragment struct {
	version    int64
	body       []byte
	piece      *sharedPiece
	compressed func(coding) []byte
}

func (d *drawnFragment) shown(version int64, body []byte) shownFragment {
	piece := d.zips.piece(body)
	return shownFragment{version, body, piece, d.zips.compressedOnce(body, piece)}
}

// newDrawnFragment finds the V in the first tag, which is the region's own.
func newDrawnFragment(zips *zipper, version int64, body []byte) *drawnFragment {
	d := &drawnFragment{zips: zips}
	d.latest = d.shown(version, body)
	root := body[:max(0, bytes.IndexByte(body, '>'))]
	marker := []byte(`data-version="`)
	if at := bytes.Index(root, marker); at >= 0 {
		d.from = at + len(marker)
		d.to = d.from + max(0, bytes.IndexByte(root[d.from:], '"'))
	}
	sum := sha256.New()
	sum.Write(body[:d.from])
	sum.Write(body[d.to:])
	d.sum = hex.EncodeToString(sum.Sum(nil)[:6])
	return d
}

// at is the fragment as of a V up to which nothing in it has changed.
func (d *drawnFragment) at(version int64) shownFragment {
	d.mu.Lock()
	defer d.mu.Unlock()
	if version <= d.latest.version {
		return d.latest
	}
	if d.from == 0 {
		d.latest.version = version
		return d.latest
	}
	body := bytes.Join([][]byte{d.latest.body[:d.from], strconv.AppendInt(nil, version, 10), d.latest.body[d.to:]}, nil)
	d.to += len(body) - len(d.latest.body)
	d.latest = d.shown(version, body)
	return d.latest
}

func (d *drawnFragment) size() int { return 2*len(d.latest.body) + 512 }

func base36(n int64) string { return strconv.FormatInt(n, 36) }
