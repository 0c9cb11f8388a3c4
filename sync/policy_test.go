package sync

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the table of fields into docs/protocol.md")

const (
	protocolPage = "../docs/protocol.md"
	tableBegins  = "<!-- fields: made by `go test ./sync -run TestPolicies -update` -->\n"
	tableEnds    = "<!-- end of fields -->\n"
)

// policyTable is every field that clients see, with its values and how its edits meet.
func policyTable() string {
	var table strings.Builder
	table.WriteString("| record | field | values | policy |\n|---|---|---|---|\n")
	for _, kind := range kinds {
		for _, field := range nounOf(kind).fields() {
			if field.policy == internal {
				continue
			}
			fmt.Fprintf(&table, "| `%s` | `%s` | %s | %s |\n", kind, field.name, strings.ReplaceAll(field.says(), "|", `\|`), field.policy)
		}
	}
	return table.String()
}

// The page that strangers write clients from says of each field what the code does.
func TestPolicies_StandInTheProtocolsPage(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(protocolPage)
	must(t, err)
	before, rest, begins := strings.Cut(string(page), tableBegins)
	shown, after, ends := strings.Cut(rest, tableEnds)
	if !begins || !ends {
		t.Fatalf("%s has lost the marks around its table of fields", protocolPage)
	}
	if *update {
		must(t, os.WriteFile(protocolPage, []byte(before+tableBegins+policyTable()+tableEnds+after), 0o644))
		return
	}
	if diff := cmp.Diff(policyTable(), shown); diff != "" {
		t.Errorf("the table is stale, write it with -update (-code +page):\n%s", diff)
	}
}
