//go:build long

package e2e

import (
	"path/filepath"
	"testing"
)

// It takes as long as who falls silent is taken to be there.
func TestPresenceEndsWithTheBrowser_S43(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	_, key := signedIn(t, demo, "ann").makes("WEB", "Who was here", nil)
	chromium := ownBrowser(t, filepath.Join(t.TempDir(), "profile"))
	ben := newMember(t, "ben", demo)
	ben.opens("/acme/issue/" + key)
	ann := sit(t, "ann", demo, chromium)
	ann.signsInAs("ann")
	ann.opens("/acme/issue/" + key)
	ben.sharesWith("Ann Lee")
	chromium.kill()
	ben.seesWithin(late, "nobody else", "() => !("+others+")()") // 45 s is how long who falls silent is taken to be there
}
