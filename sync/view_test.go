package sync

import (
	"strings"
	"testing"
)

// A URL may write any letter as %XX, and who reads one reads through that.
func TestView_AMaskSeesThroughHowAQueryIsWritten(t *testing.T) {
	t.Parallel()
	h := setup(t)
	secret := NewRef("label", newID())
	h.applied(t, h.ann, h.annsTab, Operation{Op: Create, Record: secret, Set: map[string]any{"team": string(NewRef("team", h.private)), "name": "Classified"}})
	for written, shown := range map[string]string{
		"%66=label:classified":                "f=label:-",
		"group=none&%66=label%3Aclassifie%64": "group=none&f=label:-",
		"%66=status:todo&f=-label:classified": "%66=status:todo&f=-label:-",
		"g%72oup=none&f=label:classified":     "g%72oup=none&f=label:-",
	} {
		view := NewRef("view", newID())
		h.applied(t, h.ann, h.annsTab, Operation{Op: Create, Record: view, Set: map[string]any{"name": written, "query": written}})
		var anns, bens replica
		anns.pull(t, h, h.ann, PullMost)
		bens.pull(t, h, h.ben, PullMost)
		wantSame(t, written+" to its maker", any(written), anns.records[view].Fields["query"])
		wantSame(t, written+" to another", any(shown), bens.records[view].Fields["query"])
		if told := bens.records[view].Fields["query"].(string); strings.Contains(told, "classifie") {
			t.Errorf("%s: another is told %s", written, told)
		}
	}
}
