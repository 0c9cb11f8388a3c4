package handlers

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"

	"tandem/sync"
)

func TestTemplates_WorkByLinksAndForms(t *testing.T) {
	t.Parallel()
	h := furnished(t)
	ben := "member:" + h.ben.actor.Member.String()
	empty := h.ben.get("/acme/settings/template").ok()
	form := h.ben.get(empty.one("[data-action=new-template][href$='team=ENG']").AttrOr("href", "")).ok()
	refused := h.ben.submit(form, "main form", "name", " ", "title", "Bug:", "description", "## Steps\r\n\r\n## Seen", "status", string(h.doing), "priority", "2",
		"assignee", ben, "labels", string(h.bug), "estimate", "3", "default", "true").is(http.StatusUnprocessableEntity).has("## Seen")
	refused.one("#template-name-error")
	h.ben.submit(refused, "main form", "name", "Bug report").to("/acme/settings/template")
	list := h.ben.get("/acme/settings/template").ok().has("Bug report", "default")
	path := list.one("[data-action=open-template]").AttrOr("href", "")
	id := path[strings.LastIndex(path, "/")+1:]

	// The team's new issues start from it, those of a link too, where that says nothing else; sub-issues do not.
	want := map[string]string{"title": "Bug:", "description": "## Steps\r\n\r\n## Seen", "status": string(h.doing), "priority": "2", "assignee": ben, "labels": string(h.bug),
		"estimate": "3", "_template": id, "team": "team:" + h.eng.String()}
	for query, differs := range map[string]map[string]string{
		"team=ENG": nil, "template=bug-report": nil, "template=" + id + "&title=Mine&priority=low": {"title": "Mine", "priority": "4"},
		"team=ENG&template=none": {"title": "", "_template": "", "priority": "0"}, "team=ENG&parent=ENG-1": {"title": "", "_template": ""},
	} {
		values, wrong := h.ben.preset(query)
		for field, value := range want {
			if other, told := differs[field]; told {
				value = other
			} else if strings.Contains(query, "none") || strings.Contains(query, "parent") {
				continue
			}
			if values[field] != value {
				t.Errorf("%s: %s is %q instead of %q", query, field, values[field], value)
			}
		}
		if len(wrong) != 0 {
			t.Errorf("%s: %v", query, wrong)
		}
	}
	made := h.ben.submit(h.ben.get("/acme/new?team=ENG").ok(), "main form[data-op=create]", "title", "Bug: no light").is(http.StatusSeeOther).header.Get("Location")
	h.ben.get(made).ok().has("Bug: no light", "Seen", "Doing", "High")

	// What somebody else changes meanwhile stays, and texts merge.
	page, base, text := h.ben.get(path).ok(), h.head(), "## Steps\n\n## Seen\n\n## Wanted"
	from := "## Steps\n\n## Seen"
	record := sync.NewRef("template", uuid.MustParse(id))
	h.ann.apply(sync.Operation{Op: sync.Set, Record: record, Base: &base, Set: map[string]any{"priority": 1}},
		sync.Operation{Op: sync.Text, Record: record, Base: &base, Field: "description", From: &from, Text: &text})
	h.ben.submit(page, "main form.new-issue", "name", "Defect", "labels", "", "description", "# Defect\r\n\r\n## Steps\r\n\r\n## Seen").is(http.StatusSeeOther)
	got, _ := controls(h.ben.get(path).ok().one("main form.new-issue"))
	if got["name"] != "Defect" || got["priority"] != "1" || got["labels"] != "" || got["description"] != "# Defect\r\n\r\n## Steps\r\n\r\n## Seen\r\n\r\n## Wanted" || got["default"] != "true" {
		t.Errorf("it is %v", got)
	}
	h.ben.submit(h.ben.get(path).ok(), "main form.new-issue").to(path) // nothing was changed: nothing is written

	// In the trash it is offered nowhere; it comes back.
	h.ben.submit(h.ben.get(path).ok(), "main form[action$='/trash']").to("/acme/settings/template")
	h.ben.get(path).is(http.StatusNotFound)
	if values, _ := h.ben.preset("team=ENG"); values["_template"] != "" || values["title"] != "" {
		t.Errorf("a form starts from what is in the trash: %v", values)
	}
	h.ben.get("/acme/new?template=" + id).ok().has("There is no template")
	h.ben.submit(h.ben.get("/acme/settings/template").ok(), "main form[action$='/restore']").is(http.StatusSeeOther)
	h.ben.get("/acme/new?template=defect").ok().has("## Wanted")
	h.cleo.get("/acme/settings/template").ok().has("Defect").lacks("open-template", "new-template")
	h.cleo.post("/acme/settings/template", []string{"name", "Mine", "team", "team:" + h.eng.String()}).is(http.StatusForbidden)
}

// Without script a button fills the chosen template into the form as it stands.
func TestTemplates_FillInWhatIsNotTyped(t *testing.T) {
	t.Parallel()
	h := furnished(t)
	bug, chore := sync.NewRef("template", newID()), sync.NewRef("template", newID())
	h.ann.apply(sync.Operation{Op: sync.Create, Record: bug, Set: map[string]any{"name": "Bug", "team": "team:" + h.eng.String(), "title": "Bug:", "description": "Steps", "priority": 2, "labels": []string{string(h.bug)}}},
		sync.Operation{Op: sync.Create, Record: chore, Set: map[string]any{"name": "Chore", "description": "Why", "estimate": 1}})
	page := h.ben.get("/acme/new?team=ENG").ok()
	if path := page.one("main noscript").Text(); !strings.Contains(path, `formaction="/acme/new/template"`) {
		t.Errorf("no button for it in %s", path)
	}
	fill := func(was, now string, more ...string) map[string]string {
		t.Helper()
		answer := h.ben.post("/acme/new/template", append([]string{"_was", was, "_template", now, "team", "team:" + h.eng.String()}, more...)).ok()
		values, _ := controls(answer.one("main form[data-op=create]"))
		return values
	}
	first := fill("", bug.ID().String(), "title", "No light", "description", "", "due", "2026-12-01")
	if first["title"] != "No light" || first["description"] != "Steps" || first["priority"] != "2" || first["labels"] != string(h.bug) || first["due"] != "2026-12-01" || first["_was"] != bug.ID().String() {
		t.Errorf("the first gives %v", first)
	}
	second := fill(bug.ID().String(), chore.ID().String(), "title", "Bug:", "description", "Steps and more", "priority", "2", "labels", string(h.bug))
	if second["title"] != "" || second["description"] != "Steps and more\r\n\r\nWhy" || second["priority"] != "0" || second["labels"] != "" || second["estimate"] != "1" {
		t.Errorf("another in its place gives %v", second)
	}
	if none := fill(chore.ID().String(), "", "description", "Why", "estimate", "1"); none["description"] != "" || none["estimate"] != "" {
		t.Errorf("none in its place gives %v", none)
	}
	if h.ben.get("/acme/f/team/ENG").ok().find(".issue-row").Length() != 3 {
		t.Error("a new issue was made")
	}
}
