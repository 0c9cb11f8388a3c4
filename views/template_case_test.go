package views

// templateList are templates of the workspace and of a team, one of them in the trash.
func templateList() TemplateListData {
	return TemplateListData{Region: region("vocabulary"), TX: uid(8), Sections: []TemplateSection{
		{Templates: []TemplateItem{{ID: uid(71), Name: "Question", Scope: "Workspace"}}},
		{Team: eng, Templates: []TemplateItem{{ID: uid(72), Name: "Bug report", Scope: eng.Name, Default: true}, {ID: uid(73), Name: "تقرير <b>عطل</b>", Scope: eng.Name}}},
	}, Trash: []TemplateItem{{ID: uid(74), Name: "Chore", Scope: eng.Name}}}
}

func bugTemplate() TemplateData {
	return TemplateData{ID: uid(72), Team: eng, Name: "Bug report", Default: true, Base: "41", Was: "name=Bug+report", From: "## Steps\n\n## Seen", TX: uid(8), Offer: newIssue("template"),
		Values: NewIssueValues{Title: "Bug: ", Description: "## Steps\n\n## Seen", Status: started.Value(), Priority: 2, Assignee: ben.Value(), Labels: []string{ui.Value()}, Estimate: "3"}}
}

func templateCases() []golden {
	empty := TemplateListData{Region: region("vocabulary"), Sections: []TemplateSection{{}}}
	guest := templateList()
	guest.ReadOnly, guest.TX = true, ""
	guest.Sections = append(guest.Sections, TemplateSection{Team: Team{ID: uid(75), Key: "OPS", Name: "Operations"}})
	refused := bugTemplate()
	refused.Name, refused.Errors = "", map[string]string{"name": "Give the template a name.", "labels": "This label belongs to another team."}
	ofWorkspace := TemplateData{Offer: newIssue("template"), TX: uid(8)}
	chosen := newIssue("new")
	chosen.Templates = []Option{{Value: uid(71), Text: "Question"}, {Value: uid(72), Text: "Bug report", Team: eng.ID, Default: true}}
	chosen.Values.Template, chosen.Values.Title = uid(72), "Bug: "
	lost := newIssue("new")
	lost.Errors = map[string]string{"template": "There is no template “bug” to start from here."}
	return []golden{
		{"template/list", part, TemplateList(here, templateList())},
		{"template/list_empty", fragment, TemplateList(here, empty)},
		{"template/list_of_a_guest", fragment, TemplateList(here, guest)},
		{"template/page", wholePage, TemplatePage(page("Template"), bugTemplate())},
		{"template/refused", part, TemplateForm(here, refused)},
		{"template/new_of_the_workspace", part, TemplateForm(here, ofWorkspace)},
		{"template/chosen", part, NewIssueForm(here, chosen)},
		{"template/chosen_unknown", part, NewIssueForm(here, lost)},
		{"template/settings", wholePage, TemplateSettingsPage(page("Templates"), templateList())},
	}
}
