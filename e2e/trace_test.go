package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// traces holds the folder of each journey that failed.
var traces sync.Map

// traceFolder is where what is known of a failed journey is kept; it outlives the run.
func traceFolder(t *testing.T) string {
	make := sync.OnceValue(func() string {
		folder, err := os.MkdirTemp("", "tandem-trace-"+strings.ReplaceAll(t.Name(), "/", "-")+"-")
		if err != nil {
			t.Log(err)
			return ""
		}
		t.Logf("trace kept in %s", folder)
		return folder
	})
	folder, _ := traces.LoadOrStore(t.Name(), make)
	return folder.(func() string)()
}

// keepTrace writes down what a window shows and said. Nothing of it can fail the journey once more.
func (w *window) keepTrace() {
	folder := traceFolder(w.t)
	ctx, cancel := context.WithTimeout(w.ctx, 5*time.Second)
	defer cancel()
	name := w.name
	for n := 2; ; n++ { // one person may have had several windows
		if _, err := os.Stat(filepath.Join(folder, name+"-console.txt")); err != nil {
			break
		}
		name = fmt.Sprintf("%s-%d", w.name, n)
	}
	keep := func(kind string, text []byte) { os.WriteFile(filepath.Join(folder, name+kind), text, 0o644) }
	w.mu.Lock()
	console := strings.Join(w.console, "\n")
	w.mu.Unlock()
	keep("-console.txt", []byte(console))
	if html, err := chromedp.Run(ctx, chromedp.Evaluate[string]("location.href + '\\n' + document.documentElement.outerHTML")); err == nil {
		keep(".html", []byte(html))
	}
	if shot, err := chromedp.Run(ctx, chromedp.CaptureScreenshot()); err == nil {
		keep(".png", shot)
	}
}

// keepLog writes down what the server said.
func keepLog(t *testing.T, p *program) {
	t.Cleanup(func() {
		if t.Failed() {
			os.WriteFile(filepath.Join(traceFolder(t), "server.txt"), []byte(p.log()), 0o644)
		}
	})
}
