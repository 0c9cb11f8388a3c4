package e2e

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"time"

	"github.com/chromedp/chromedp"
)

// errNoBrowser says how to get one.
var errNoBrowser = errors.New("no Chromium found: install it (apt install chromium, brew install --cask chromium) or name its program in TANDEM_BROWSER")

// browser is a running Chromium.
type browser struct {
	ctx    context.Context
	cancel context.CancelFunc
}

// startBrowser starts a Chromium on a profile, which outlives it.
func startBrowser(profile string, more ...chromedp.ExecAllocatorOption) (*browser, error) {
	path, err := findBrowser()
	if err != nil {
		return nil, err
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.UserDataDir(profile),
		chromedp.NoSandbox, // root and containers have none
		chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		// The library's own two, and menus of the address bar: for each window Chromium loads 400 files for them.
		chromedp.Flag("disable-features", "Translate,BlinkGenPropertyTrees,WebUIOmniboxPopup,WebUIOmniboxFullPopup,WebUIOmniboxAimPopup"),
		chromedp.WindowSize(1280, 900),
	)
	allocator, stop := chromedp.NewExecAllocator(context.Background(), append(options, more...)...)
	silent := func(string, ...any) {} // a newer browser's unknown events are no news
	ctx, _ := chromedp.NewContext(allocator, chromedp.WithErrorf(silent), chromedp.WithLogf(silent))
	if err := chromedp.Do(ctx); err != nil {
		stop()
		return nil, fmt.Errorf("start %s: %w", path, err)
	}
	return &browser{ctx: ctx, cancel: stop}, nil
}

// close ends the browser as its user would.
func (b *browser) close() {
	ctx, cancel := context.WithTimeout(b.ctx, 10*time.Second)
	defer cancel()
	chromedp.Cancel(ctx)
	b.cancel()
}

// kill ends the browser with kill -9.
func (b *browser) kill() {
	process := chromedp.FromContext(b.ctx).Browser.Process()
	process.Kill()
	b.cancel()
}

// findBrowser looks at TANDEM_BROWSER, in PATH, and in the usual places.
func findBrowser() (string, error) {
	if path := os.Getenv("TANDEM_BROWSER"); path != "" {
		return exec.LookPath(path)
	}
	for _, name := range []string{
		"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "headless-shell",
		"/usr/bin/chromium", "/snap/bin/chromium", "/opt/google/chrome/chrome",
		"/Applications/Chromium.app/Contents/MacOS/Chromium",
		"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
		`C:\Program Files\Google\Chrome\Application\chrome.exe`,
	} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errNoBrowser
}
