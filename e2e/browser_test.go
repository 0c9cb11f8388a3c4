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

// startBrowser starts a whole Chromium on a profile, which outlives it.
func startBrowser(profile string, more ...chromedp.ExecAllocatorOption) (*browser, error) {
	path, err := findBrowser(whole)
	if err != nil {
		return nil, err
	}
	return launch(path, profile, more...)
}

// startShell starts Chromium's headless shell, which is the same engine without the program around it and takes half the time; a whole Chromium where there is none.
func startShell(profile string) (*browser, error) {
	path, err := findBrowser(append([]string{"chromium-headless-shell", "chrome-headless-shell", "headless-shell"}, whole...))
	if err != nil {
		return nil, err
	}
	return launch(path, profile)
}

func launch(path, profile string, more ...chromedp.ExecAllocatorOption) (*browser, error) {
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

// whole are the programs that Chromium goes by: in PATH, and in the usual places.
var whole = []string{
	"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome",
	"/usr/bin/chromium", "/snap/bin/chromium", "/opt/google/chrome/chrome",
	"/Applications/Chromium.app/Contents/MacOS/Chromium",
	"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
	`C:\Program Files\Google\Chrome\Application\chrome.exe`,
}

// findBrowser looks at TANDEM_BROWSER, and else for the first of the names.
func findBrowser(names []string) (string, error) {
	if path := os.Getenv("TANDEM_BROWSER"); path != "" {
		return exec.LookPath(path)
	}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errNoBrowser
}
