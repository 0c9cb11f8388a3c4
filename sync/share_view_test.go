package sync

import (
	"testing"

	"github.com/google/uuid"
)

// viewed is what the share's maker is told of its looks.
func (h *house) viewed(t testing.TB, issue Ref) ShareRow {
	t.Helper()
	return h.page(t, issue).Shares[0]
}

func (h *house) sharePage(t testing.TB) (Ref, SharePage) {
	t.Helper()
	issue, _ := h.issue(t, "Shared")
	token, err := h.Share(t.Context(), h.ann, h.annsTab, issue, "", nil)
	must(t, err)
	page, err := h.Shared(t.Context(), token)
	must(t, err)
	return issue, page
}

// rename renames a table, so that what is written to it fails or goes through again.
func (h *house) rename(t testing.TB, from, to string) {
	t.Helper()
	_, err := h.pool.Exec(t.Context(), "alter table "+from+" rename to "+to)
	must(t, err)
}

func TestShareView(t *testing.T) {
	t.Parallel()

	t.Run("looks are kept while they cannot be written", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, page := h.sharePage(t)
		h.CountView(page, "https://first.example")
		h.rename(t, "share_view", "away")
		if err := h.WriteViews(t.Context()); err == nil {
			t.Fatal("written to nowhere")
		}
		h.CountView(page, "https://second.example:8443")
		h.CountView(page, "")
		h.rename(t, "away", "share_view")
		must(t, h.WriteViews(t.Context()))
		must(t, h.WriteViews(t.Context())) // nothing is counted twice
		if got := h.viewed(t, issue); got.Views != 3 || got.Seen != "https://second.example:8443" {
			t.Errorf("%+v", got)
		}
		h.CountView(page, "")
		must(t, h.WriteViews(t.Context()))
		if got := h.viewed(t, issue); got.Views != 4 || got.Seen != "https://second.example:8443" {
			t.Errorf("%+v", got)
		}
	})

	t.Run("an engine that stops writes what it has counted", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, page := h.sharePage(t)
		h.CountView(page, "")
		h.Stop()
		if got := h.viewed(t, issue); got.Views != 1 {
			t.Errorf("%+v", got)
		}
	})

	t.Run("what is no origin, and shares that are gone, do no harm", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, page := h.sharePage(t)
		for _, claimed := range []string{"https://\xff", "https://ä.example", "https://a b", "https://a\x00b", "javascript:alert(1)", "null"} {
			h.CountView(page, claimed)
		}
		h.CountView(SharePage{workspace: page.workspace, Share: newID()}, "")
		must(t, h.WriteViews(t.Context()))
		if got := h.viewed(t, issue); got.Views != 6 || got.Seen != "" {
			t.Errorf("%+v", got)
		}
	})
}

func TestShareViews_AreBounded(t *testing.T) {
	t.Parallel()
	v := newShareViews()
	known := viewedShare{id: uuid.Max}
	v.add(known, shareView{1, ""})
	for range mostViewed + 4 {
		v.add(viewedShare{id: newID()}, shareView{1, ""})
	}
	v.add(known, shareView{1, ""})
	of, lost := v.take()
	if len(of) != mostViewed || lost != 5 || of[known].count != 2 {
		t.Errorf("%d shares, %d lost, %d of one", len(of), lost, of[known].count)
	}
}
