package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
)

// choosesFile puts a file into the form of the page, as the browser's own dialog does.
func (w *window) choosesFile(name, content string) {
	w.t.Helper()
	ask[bool](w, `(name, content) => {
		const data = new DataTransfer();
		data.items.add(new File([content], name, {type: 'text/csv'}));
		document.querySelector('main input[type=file]').files = data.files;
		return true;
	}`, name, content)
}

const importStatus = "textOf('.import [role=status]')"

// One import of a workspace runs at a time, so one journey does them all.
func TestImport_OfATable(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ann")
	c.makesTeam("IBIS", 5, 0)
	t.Run("without_scripts", func(t *testing.T) {
		ann := newMember(t, "ann", demo)
		must(ann.window, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		press := func(css string) {
			t.Helper()
			ann.follows(css, func() { ann.clicks(css) })
		}
		ann.goes(ann.line.url("/acme/settings/account"))
		press(".tabs a[href='/acme/settings/import']")
		ann.choosesFile("birds.csv", "Bird,Phase,Who\nCount the nests,Brooding,Ann\nRing the chicks,column 2,Somebody Else\n,Column 2,\n")
		ann.chooses("select[name=team]", "IBIS")
		press("[data-action=upload-import]")
		ann.reads("what is in the way", "() => document.querySelector('main').textContent.includes('No column holds titles')")
		ann.chooses("select[name=c0]", "title")
		ann.chooses("select[name=c1]", "status")
		ann.chooses("select[name=c2]", "assignee")
		press("[data-action=preview-import]")
		ann.reads("what it would be", "() => /2 issues would be made/.test(textOf('main')) && /there is no title/.test(textOf('main')) && !document.querySelector('[data-action=import]')")
		ann.chooses("select[name='s:Brooding']", "Column 2")
		press("[data-action=preview-import]")
		ann.reads("a short address that says it all", "() => location.search === '?c0=title&c1=status&c2=assignee&s%3ABrooding=Column+2&team=IBIS'")
		press("[data-action=import]")
		for !ask[bool](ann.window, "() => "+importStatus+".startsWith('Done')") {
			ann.goes(ask[string](ann.window, "() => location.href"))
		}
		ann.reads("the report", "() => "+importStatus+" === 'Done: 2 issues made.' && all('.import__issues a').length === 2")
		press(".import__issues a")
		ann.reads("an issue of the file", "() => textOf('h1[data-field=title]') === 'Count the nests'")
	})
	t.Run("live", func(t *testing.T) {
		const many = 400
		var table strings.Builder
		table.WriteString("Key,Title\n")
		for i := range many {
			fmt.Fprintf(&table, "OLD-%d,Sighting %d\n", i+1, i+1)
		}
		ann := newMember(t, "ann", demo)
		ann.opens("/acme/settings/import")
		ann.choosesFile("sightings.csv", table.String())
		ann.chooses("main select[name=team]", "IBIS")
		ann.follows("the upload", func() { ann.clicks("[data-action=upload-import]") })
		ann.arrives()
		ann.follows("the import", func() { ann.clicks("[data-action=import]") })
		ann.arrives()
		ann.stays()
		ann.seesWithin(late, "its end", "many => "+importStatus+" === `Done: ${many} issues made.`", many)
		ann.remained()
		inspects(ann, glances()).inspects("report of an import")
		ann.follows("the way back", func() { ann.clicks("[data-action=trash-import]") })
		ann.arrives()
		ann.seesWithin(late, "all of it in the trash", "() => "+importStatus+" === 'Moved to the trash.'")
	})
}
