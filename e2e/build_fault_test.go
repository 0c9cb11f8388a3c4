//go:build fault

package e2e

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

func buildFlags() []string { return []string{"build", "-tags", "fault"} }

// TestFaultTurnsAJourneyRed shows that S33 can fail: without the catching up a list stays as it was.
func TestFaultTurnsAJourneyRed(t *testing.T) {
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestListIsRightAfterAGap_S33$", "-test.timeout", "5m")
	child.Env = append(os.Environ(), "TANDEM_FAULT=list_no_catchup")
	if output, err := child.CombinedOutput(); err == nil || !strings.Contains(string(output), "--- FAIL: TestListIsRightAfterAGap_S33") || !strings.Contains(string(output), "for: the list ") {
		t.Errorf("the list is right without the catching up (%v):\n%s", err, output)
	}
}
