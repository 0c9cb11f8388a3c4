package main

import (
	"fmt"
	"io"

	"github.com/schollz/progressbar/v3"
)

// tally counts what an import did.
type tally struct {
	newIssues, knownIssues     int
	newComments, knownComments int
	newPeople, matchedPeople   int
	newLabels, matchedLabels   int
	newProjects, newMilestones int
	renumbered                 int // their numbers were taken
	trashed                    int // issues of an earlier import that are in the trash by now
	restored                   int // of an import that was taken back
	lost                       int // issues and comments that the engine refused
}

func (t *tally) nothing() bool { return t.newIssues+t.knownIssues+t.trashed+t.restored == 0 }

func (t *tally) tell(to io.Writer) {
	fmt.Fprintf(to, "imported %s and %s\n", count(t.newIssues, "issue"), count(t.newComments, "comment"))
	if t.knownIssues+t.knownComments > 0 {
		fmt.Fprintf(to, "there already: %s and %s\n", count(t.knownIssues, "issue"), count(t.knownComments, "comment"))
	}
	t.tellVocabulary(to, "")
	if t.newProjects+t.newMilestones > 0 {
		fmt.Fprintf(to, "made %s and %s\n", count(t.newProjects, "project"), count(t.newMilestones, "milestone"))
	}
	if t.renumbered > 0 {
		fmt.Fprintf(to, "%s got a new number, because the old one was taken\n", count(t.renumbered, "issue"))
	}
	if t.trashed > 0 {
		fmt.Fprintf(to, "passed over %s in the trash\n", count(t.trashed, "issue"))
	}
	if t.lost > 0 {
		fmt.Fprintf(to, "%s left out, as told above\n", count(t.lost, "record"))
	}
}

func (t *tally) tellVocabulary(to io.Writer, tense string) {
	fmt.Fprintf(to, "people: %d matched, %d %smade as placeholders; labels: %d matched, %d %smade\n",
		t.matchedPeople, t.newPeople, tense, t.matchedLabels, t.newLabels, tense)
}

// progress shows a bar on a terminal, and nothing elsewhere.
func progress(to io.Writer, total int) (advance func(count int), finish func()) {
	if !isTerminal(to) {
		return func(int) {}, func() {}
	}
	bar := progressbar.NewOptions(total, progressbar.OptionSetWriter(to), progressbar.OptionSetDescription("importing"),
		progressbar.OptionShowCount(), progressbar.OptionFullWidth(), progressbar.OptionClearOnFinish())
	// A terminal that cannot be written to is no reason to stop.
	return func(count int) { _ = bar.Add(count) }, func() { _ = bar.Finish() }
}
