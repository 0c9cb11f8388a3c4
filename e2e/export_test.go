package e2e

import (
	"archive/zip"
	"os"
	"path/filepath"
	"testing"
	"time"

	protocol "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// downloads gets the path of each file that the window has saved.
func (p *person) downloads(folder string) <-chan string {
	p.t.Helper()
	saved := make(chan string, 10)
	err := chromedp.ListenBrowser(p.ctx, func(event any) {
		if progress, is := event.(*protocol.EventDownloadProgress); is && progress.State == protocol.DownloadProgressStateCompleted {
			saved <- filepath.Join(folder, progress.GUID)
		}
	})
	if err != nil {
		p.t.Fatal(err)
	}
	told := true
	_, err = chromedp.CallBrowser(p.ctx, protocol.SetDownloadBehavior, protocol.SetDownloadBehaviorParams{Behavior: protocol.SetDownloadBehaviorBehaviorAllowAndName,
		BrowserContextID: chromedp.FromContext(p.ctx).BrowserContextID, DownloadPath: folder, EventsEnabled: &told})
	if err != nil {
		p.t.Fatal(err)
	}
	return saved
}

// An admin saves the whole workspace from its page, with scripts and without, and stays where she is.
func TestExport_IsSavedByABrowser(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	ann := newMember(t, "ann", demo)
	saved := ann.downloads(t.TempDir())
	for _, off := range []bool{false, true} {
		must(ann.window, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: off})
		ann.goes(ann.line.url("/acme/settings/export"))
		ann.clicks("[data-action=export-workspace]")
		select {
		case path := <-saved:
			file, err := zip.OpenReader(path)
			if err != nil {
				t.Fatal(err)
			}
			if info, err := os.Stat(path); err != nil || len(file.File) < 15 || info.Size() < 50_000 {
				t.Errorf("%d parts, %d bytes, %v", len(file.File), info.Size(), err)
			}
			file.Close()
		case <-time.After(patience):
			t.Fatal("nothing was saved")
		}
		ann.reads("the page, as it was", "() => location.pathname === '/acme/settings/export' && !document.querySelector('.problem')")
	}
}
