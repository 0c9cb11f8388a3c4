package views

import (
	"time"

	"github.com/a-h/templ"
)

type kind int

const (
	part      kind = iota // a component inside of something
	fragment              // answered below /f/: nothing of the viewer in it
	wholePage             // a document
)

// golden is a component in one state.
type golden struct {
	name      string // component/state
	kind      kind
	component templ.Component
}

func cases() []golden {
	var all []golden
	for _, some := range [][]golden{rowCases(), listCases(), issueCases(), commentCases(), formCases(), conflictCases(), settingsCases(), pageCases(), inboxCases(), favouriteCases(), mailCases(), triageCases(), embedCases(), cycleCases(), templateCases(), importCases()} {
		all = append(all, some...)
	}
	return append(all, projectCases()...)
}

func rowCases() []golden {
	card := func(set ...func(*IssueRowData)) templ.Component {
		return IssueCard(here, IssueCardData{IssueRowData: row(12, set...), Comments: 3})
	}
	return []golden{
		{"issue_chip/open", part, IssueChip(here, IssueChipData{"ENG-12", "Fix login", todo})},
		{"issue_chip/closed", part, IssueChip(here, IssueChipData{"ENG-12", rtlTitle, done})},
		{"issue_row/plain", part, IssueRow(here, row(12))},
		{"issue_row/full", part, IssueRow(here, row(12, full))},
		{"issue_row/blocked", part, IssueRow(here, row(12, func(d *IssueRowData) { d.Blocked = true }))},
		{"issue_row/parent", part, IssueRow(here, row(12, func(d *IssueRowData) { d.Progress = Progress{2, 5} }))},
		{"issue_row/bare", part, IssueRow(here, row(12, bareRow))},
		{"issue_row/closed", part, IssueRow(here, row(12, closed))},
		{"issue_row/deleted", part, IssueRow(here, row(12, trashed))},
		{"issue_row/long_title", part, IssueRow(here, row(12, titled(longTitle)))},
		{"issue_row/rtl", part, IssueRow(here, row(12, titled(rtlTitle)))},
		{"issue_row/emoji", part, IssueRow(here, row(12, titled(emoji)))},
		{"issue_row/markup", part, IssueRow(here, row(12, titled(`</a><script>alert("1")</script>`)))},
		{"issue_row/made_offline", part, IssueRow(here, IssueRowData{ID: uid(7), Title: "Offline"})},
		{"issue_row/template", part, IssueRow(here, IssueRowData{})},
		{"issue_card/plain", part, card()},
		{"issue_card/full", part, card(full)},
		{"issue_card/bare", part, card(bareRow)},
		{"issue_card/long_title", part, card(titled(longTitle))},
		{"issue_card/closed", part, card(closed)},
	}
}

func listCases() []golden {
	more := group(started, row(12), row(13))
	more.Count, more.After = 90, "opaque=="
	old := group(done)
	old.Older = true
	narrow := list(Query{Filters: []Filter{{"status", "todo", false}, {"label", "bug", true}}, Text: "log in"}, group(todo))
	frozen := list(Query{}, group(todo, row(1)))
	frozen.ReadOnly = true
	mine := IssueListData{Region: region("member:" + ann.ID), Member: ann.ID, Query: Query{View: "created"}, Groups: []IssueGroup{more}}
	readOnlyBoard, withTX := board(), board()
	readOnlyBoard.ReadOnly = true
	withTX.TX, withTX.Moving = uid(8), withTX.Columns[1].Cards[1].ID
	withTX.Columns[2].Count, withTX.Columns[2].After, withTX.Columns[2].Older = 40, "opaque", true
	byPriority := BoardData{Region: region("team:" + eng.ID), Team: eng, Query: Query{View: BoardView, Display: Display{Group: "priority", Order: "due"}}, Order: "due",
		Columns: []BoardColumn{{Of: Group{By: "priority", Priority: 1}, Count: 1, Cards: []IssueCardData{{IssueRowData: row(1)}}}, {Of: Group{By: "priority"}}}}
	mineFirst := SavedView{ID: uid(77), Name: "Mine first", Icon: "person", Private: true}
	return []golden{
		{"issue_list/empty", fragment, IssueList(here, list(Query{}, group(todo), group(started), group(done)))},
		{"issue_list/one", fragment, IssueList(here, list(Query{}, group(todo, row(1))))},
		{"issue_list/many", fragment, IssueList(here, list(Query{}, group(todo, row(1), row(2, full)), more, old))},
		{"issue_list/filtered_away", fragment, IssueList(here, narrow)},
		{"issue_list/by_assignee", fragment, IssueList(here, list(Query{Display: Display{Group: "assignee", Hide: []string{"due", "labels"}}},
			IssueGroup{Of: Group{By: "assignee"}, Count: 1, Rows: []IssueRowData{row(1)}}, IssueGroup{Of: Group{By: "assignee", Member: ann}, Count: 1, Rows: []IssueRowData{row(2)}}))},
		{"issue_list/by_label", fragment, IssueList(here, list(Query{Display: Display{Group: "label"}},
			IssueGroup{Of: Group{By: "label"}}, IssueGroup{Of: Group{By: "label", Label: bug}, Count: 1, Rows: []IssueRowData{row(2)}}))},
		{"issue_list/by_nothing", fragment, IssueList(here, list(Query{Display: Display{Group: "none"}}, IssueGroup{Of: Group{By: "none"}, Count: 1, Rows: []IssueRowData{row(1)}}))},
		{"issue_list/read_only", fragment, IssueList(here, frozen)},
		{"issue_list/of_member", fragment, IssueList(here, mine)},
		{"board/many", fragment, Board(here, board())},
		{"board/empty", fragment, Board(here, BoardData{Region: region("team:" + eng.ID), Team: eng, Query: Query{View: BoardView}})},
		{"board/read_only", fragment, Board(here, readOnlyBoard)},
		{"board/by_priority", part, Board(here, byPriority)},
		{"board/in_page", part, Board(here, withTX)},
		{"saved_view/none", part, SavedViewMenu(here, SavedViewData{Team: eng, Query: narrow.Query, TX: uid(8)})},
		{"saved_view/clean", part, SavedViewMenu(here, SavedViewData{Team: eng, Query: narrow.Query, View: mineFirst, Version: 57, Edits: true, TX: uid(8)})},
		{"saved_view/changed", part, SavedViewMenu(here, SavedViewData{Team: eng, Query: narrow.Query, View: mineFirst, Version: 57, Edits: true, Dirty: true, TX: uid(8)})},
		{"saved_view/of_a_guest", part, SavedViewMenu(here, SavedViewData{Team: eng, Query: narrow.Query, View: mineFirst, Version: 57, Dirty: true, Guest: true, TX: uid(8)})},
		{"filter_bar/none", part, FilterBar(here, filterBar(Query{}))},
		{"filter_bar/some", part, FilterBar(here, filterBar(Query{View: BoardView, Filters: []Filter{{"assignee", "me", false}, {"label", "bug", true}}, Text: "a&b"},
			FilterChip{"Assignee", false, []FilterValue{{Filter{"assignee", "me", false}, "Me"}}}, FilterChip{"Label", true, []FilterValue{{Filter{"label", "bug", true}, "bug"}}}))},
		{"filter_bar/any_of", part, FilterBar(here, filterBar(Query{Filters: []Filter{{"label", "bug", false}, {"label", "ui", false}}, Display: Display{Group: "assignee", Order: "-due", Closed: "14", Sub: "off", Empty: "show", Hide: []string{"labels"}}},
			FilterChip{"Label", false, []FilterValue{{Filter{"label", "bug", false}, "bug"}, {Filter{"label", "ui", false}, "ui"}}}))},
	}
}

func someRelations() []Relation {
	return []Relation{
		{uid(61), BlockedBy, IssueChipData{"OPS-3", "Renew the certificate", started}, ""}, {uid(62), Blocks, IssueChipData{"ENG-14", rtlTitle, todo}, ""},
		{uid(63), DuplicateOf, IssueChipData{"ENG-2", longTitle, todo}, ""}, {uid(64), DuplicatedBy, IssueChipData{"ENG-21", emoji, done}, ""},
		{uid(65), Related, IssueChipData{"ENG-7", "Fix logout", done}, "Blocked this until it was closed"}, {uid(66), Related, IssueChipData{"ENG-8", "Log out", todo}, ""},
	}
}

func issueCases() []golden {
	of := func(set ...func(*IssueData)) templ.Component { return Issue(here, issue(set...)) }
	return []golden{
		{"issue/open", fragment, of()},
		{"issue/full", fragment, of(func(d *IssueData) {
			full(&d.IssueRowData)
			d.ParentKey, d.SubIssues, d.Estimates, d.Estimate = "ENG-3", []IssueRowData{row(14), row(15, closed)}, true, "3"
			d.Progress = Progress{1, 2}
		})},
		{"issue/files", fragment, of(attached)},
		{"issue/files_frozen", fragment, of(attached, func(d *IssueData) { d.Deleted, d.MoreFiles = true, true })},
		{"issue/file_refused", part, of(func(d *IssueData) { d.AttachmentError = "A file may have at most 10 MiB. Choose a smaller one." })},
		{"issue/bare", fragment, of(func(d *IssueData) {
			bareRow(&d.IssueRowData)
			d.Description, d.Reporter, d.Activity = Text{}, Member{}, nil
		})},
		{"issue/closed", fragment, of(func(d *IssueData) { d.Status, d.Started, d.Completed = done, clock.AddDate(0, 0, -3), clock })},
		{"issue/deleted", fragment, of(func(d *IssueData) { d.Deleted = true })},
		{"issue/read_only", fragment, of(func(d *IssueData) {
			d.ReadOnly = true
			d.Activity = []ActivityEntry{entry(comment(1, func(c *CommentData) { c.ReadOnly = true }))}
		})},
		{"issue/rtl", fragment, of(func(d *IssueData) { d.Title, d.Description = rtlTitle, text(rtlTitle) })},
		{"issue/emoji", fragment, of(func(d *IssueData) { d.Title = emoji })},
		{"issue/long_title", fragment, of(func(d *IssueData) { d.Title = longTitle })},
		{"issue/in_page", part, of(func(d *IssueData) { d.TX = uid(8) })},
		{"issue/title_refused", part, of(func(d *IssueData) { d.TitleDraft = Draft{Text: "", Base: 44, Error: "A title is needed."} })},
		{"issue/description_refused", part, of(func(d *IssueData) {
			d.DescriptionDraft = Draft{Text: "\nmine", From: new("It loops.\n"), Base: 44, Error: "Too long."}
		})},
		{"issue/related", fragment, of(func(d *IssueData) { d.Relations = someRelations() })},
		{"issue/related_frozen", fragment, of(func(d *IssueData) { d.Relations, d.ReadOnly = someRelations(), true })},
		{"issue/relation_refused", part, of(func(d *IssueData) {
			d.RelationDraft = RelationDraft{Kind: "blocks", Other: "<ENG-99>", Error: "There is no issue of this key or title."}
		})},
		{"issue/template", part, NewIssueTemplate(here, vocabulary())},
	}
}

func commentCases() []golden {
	of := func(set ...func(*CommentData)) templ.Component { return Comment(here, comment(1, set...)) }
	return []golden{
		{"comment/plain", part, of()},
		{"comment/edited", part, of(func(d *CommentData) { d.Edited = clock })},
		{"comment/deleted", part, of(func(d *CommentData) { d.Deleted = true })},
		{"comment/read_only", part, of(func(d *CommentData) { d.ReadOnly = true })},
		{"comment/reactions", part, of(func(d *CommentData) {
			d.Reactions = []Reaction{{"👍", []Member{ann, ben, {}}}, {"🎉", []Member{ben}}}
		})},
		{"comment/reactions_in_page", part, of(func(d *CommentData) {
			d.Reactions, d.TX, d.Me = []Reaction{{"👍", []Member{ann, ben}}, {"🎉", []Member{ben}}}, uid(8), ann
		})},
		{"comment/reactions_frozen", part, of(func(d *CommentData) {
			d.Reactions, d.ReadOnly = []Reaction{{"👍", []Member{ann, ben}}}, true
		})},
		{"text_history/page", wholePage, TextHistoryPage(page("History"), TextHistoryData{Issue: "ENG-12", Title: longTitle, What: "description", Back: "/acme/issue/ENG-12", Field: "description", Earlier: "/acme/issue/ENG-12/history?after=9.0",
			Restore:  Write{URL: "/acme/issue/ENG-12/description", Base: 44, From: new("now"), TX: uid(8)},
			Versions: []TextVersion{{By: ann, At: clock, Diff: []Stretch{{"", "It "}, {"del", "<b>"}, {"ins", "now"}}, Source: "now", Shown: true}, {By: ben, At: clock, Made: true, Imported: true, Diff: []Stretch{{"", "<b>"}}, Source: "<b>"}}})},
		{"comment/author_gone", part, of(func(d *CommentData) { d.Author = Member{} })},
		{"comment/refused", part, of(func(d *CommentData) {
			d.Draft = Draft{Text: "longer", From: new("I saw it too."), Base: 50, Error: "Too long."}
		})},
		{"comment/template", part, Comment(here, CommentData{})},
		{"change/imported", part, Change(here, issue(), ChangeData{At: clock, Verb: "closed the issue", Imported: true})},
		{"change/raced", part, Change(here, issue(), ChangeData{By: ben, At: clock, Fields: []FieldChange{{Field: "Status", Old: "Todo", New: "Done", Lost: &LostValue{
			By: ann, Field: "status", Value: todo.Value(), Version: 56, Words: "Ben replaced your status “Todo”"}}}})},
		{"composer/empty", part, Composer(here, ComposerData{IssueID: uid(1012), IssueKey: "ENG-12", TX: uid(8)})},
		{"composer/refused", part, ComposerForm(here, ComposerData{IssueID: uid(1012), IssueKey: "ENG-12", Text: "x", Error: "The issue is in the trash."})},
		{"share/none", part, ShareList(here, ShareListData{To: here.SetIssue("ENG-12", "share"), What: "issue", TX: uid(8)})},
		{"share/fresh", part, ShareList(here, ShareListData{
			To: here.SetIssue("ENG-12", "share"), What: "issue", TX: uid(8), Shares: []Share{{ID: uid(41), By: ann, Created: clock, Views: 1, Seen: "https://example.com"}, {ID: uid(42), Origins: "https://example.com", By: Member{}, Created: clock}},
			Fresh: FreshShare{URL: "https://t.example/e/tok", Badge: "![x](y)", Sizes: []ShareSize{
				{"row", `<tandem-embed src="https://t.example/e/tok"></tandem-embed>`, `<tandem-embed mode="inline"></tandem-embed>`, "<iframe></iframe>", EmbedData{Shape: "row", Title: "ENG-12"}},
				{"chip", `<tandem-embed size="chip"></tandem-embed>`, "", "<iframe></iframe>", EmbedData{Shape: "chip", Title: "ENG-12", Issues: []EmbedIssue{{"ENG-12", "Fix login", EmbedStatus{Status: started}, nil, clock}}}},
			}},
		})},
		{"share/refused", part, ShareList(here, ShareListData{To: here.SetIssue("ENG-12", "share"), What: "issue", Origins: "example", Error: "An address begins with https://."})},
	}
}

func formCases() []golden {
	refused := newIssue("new")
	refused.Values = NewIssueValues{Team: eng.Value(), Description: "kept\ntext", Priority: 1, Assignee: ben.Value(), Labels: []string{ui.Value()}, Status: started.Value(), Due: "2026-11-30"}
	refused.Errors = map[string]string{"title": "A title is needed.", "due": "Not a date."}
	child := newIssue("new")
	child.Parent, child.ParentTitle, child.TX = "issue:"+uid(1012), "ENG-12 Fix login", ""
	return []golden{
		{"new_issue/empty", part, NewIssueForm(here, newIssue("new"))},
		{"new_issue/refused", part, NewIssueForm(here, refused)},
		{"new_issue/child", fragment, NewIssueForm(here, child)},
		{"empty_state/plain", part, EmptyState(EmptyStateData{Text: "Nothing assigned to you.", Help: "Enjoy it."})},
	}
}

// conflictOfUndo is a bulk undo that one record keeps from being whole.
func conflictOfUndo() ConflictData {
	d := conflictStatus()
	d.Undo, d.Kept = uid(78), []Kept{{Name: "ENG-13", Text: "This issue is in the trash. Restore it first, or keep your text."}}
	return d
}

func conflictCases() []golden {
	failed := conflictText()
	failed.Transaction = uid(77)
	page409 := conflictStatus()
	page409.TX = uid(8)
	return []golden{
		{"conflict/text", fragment, ConflictCard(here, conflictText())},
		{"conflict/status", fragment, ConflictNotice(here, conflictStatus())},
		{"conflict/in_tray", fragment, ConflictCard(here, failed)},
		{"conflict/undo", fragment, ConflictCard(here, conflictOfUndo())},
		{"conflict/page", wholePage, ConflictPage(page("Conflict"), page409)},
		{"refusal/comment", fragment, RefusalCard(RefusalData{Transaction: uid(77), Label: "Comment", Code: "deleted", Text: "The issue was deleted.", Typed: []TypedText{{"Comment", "my\ntext", ""}, {"Title", "", "A title is needed."}}})},
		{"notice/failure", fragment, ErrorNotice(NoticeData{Text: "Something went wrong.", RequestID: "r-1"})},
		{"notice/signed_out", fragment, ErrorNotice(NoticeData{Text: "You are signed out.", Link: SignInPath("/acme/team/ENG?view=board"), Action: "Sign in"})},
	}
}

func settingsCases() []golden {
	labels := LabelListData{Region: region("vocabulary"), Teams: []Team{eng}, Labels: []LabelItem{{bug, 3}, {ui, 4}}}
	inPage, frozen := labels, labels
	inPage.TX, frozen.ReadOnly = uid(8), true
	statesInPage := func(d StatusListData) StatusListData { d.TX = uid(8); return d }
	states := StatusListData{Region: region("vocabulary"), Team: eng, Statuses: []StatusItem{{todo, 3, "1", "#888888"}, {started, 4, "2", "#f2c94c"}}}
	people := []MemberItem{{ann, "ann@example.com", "admin", false}, {ben, "ben@example.com", "guest", false}, {Member{ID: uid(13), Name: "Old Hand"}, "", "member", true}}
	return []golden{
		{"label_settings/list", fragment, LabelList(here, labels)},
		{"label_settings/empty", fragment, LabelList(here, LabelListData{Region: region("vocabulary")})},
		{"label_settings/read_only", fragment, LabelList(here, frozen)},
		{"label_settings/page", wholePage, LabelSettingsPage(page("Labels"), LabelSettingsData{List: inPage, TX: uid(8), Draft: Label{Name: "bug"}, Error: "There is a label of that name."})},
		{"status_settings/list", fragment, StatusList(here, states)},
		{"status_settings/page", wholePage, StatusSettingsPage(page("Statuses"), StatusSettingsData{List: statesInPage(states), Cycles: CycleSettingsData{Team: eng, Version: 40, Weeks: "2", Day: "1", Cooldown: "0", TX: uid(8)}, TX: uid(8)})},
		{"member_settings/admin", wholePage, MemberSettingsPage(page("People"), MemberSettingsData{Members: people, Admin: true, Invite: "https://t.example/invite/tok"})},
		{"member_settings/member", wholePage, MemberSettingsPage(page("People"), MemberSettingsData{Members: people})},
		{"archive/admin", wholePage, ArchivePage(page("Export"), ArchiveData{Admin: true})},
		{"archive/member", wholePage, ArchivePage(page("Export"), ArchiveData{Admins: "Ann Lee or Bo <b>"})},
		{"account_settings/tokens", wholePage, AccountSettingsPage(page("Account"), AccountSettingsData{Name: "Ann Lee", Tokens: []AccessToken{
			{ID: "0198c5a0-0000-7000-8000-000000000001", Name: "nightly export", Scope: "read", Used: time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC), Expires: time.Date(2026, 12, 24, 0, 0, 0, 0, time.UTC)},
			{ID: "0198c5a0-0000-7000-8000-000000000002", Scope: "write"}}})},
		{"account_settings/dark", wholePage, AccountSettingsPage(page("Account"), AccountSettingsData{Name: "Ann Lee", Appearance: Appearance{Theme: "dark", TextSize: "115", Paused: true}, KeptDays: 90})},
		{"account_settings/passkeys", wholePage, AccountSettingsPage(page("Account"), AccountSettingsData{Name: "Ann Lee", Origin: "https://tandem.example", Passkey: "phone", Errors: map[string]string{"passkey": "This took too long.", "passkey-name": "One line only."}, Passkeys: []Passkey{
			{ID: uid(81), Name: "my laptop", Made: time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC), Used: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)},
			{ID: uid(82), Name: "a <key>", Made: time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)}}})},
		{"account_settings/refused", wholePage, AccountSettingsPage(page("Account"), AccountSettingsData{Errors: map[string]string{"name": "A name is needed."}})},
	}
}

func pageCases() []golden {
	bare := BarePage{Build: "b1", Title: "Sign in", Appearance: Appearance{Theme: "dark"}}
	inPage := issue(func(d *IssueData) { d.TX = uid(8) })
	var inFocus []IssueGroup
	for i, focus := range []string{"urgent", "started", "free", "cycle", ""} {
		inFocus = append(inFocus, IssueGroup{Of: FocusGroup(focus), Count: 1, Rows: []IssueRowData{row(i + 1)}})
	}
	withUndo := page("My issues")
	withUndo.Flash = Flash{Text: "Status changed to Done.", Undo: uid(77)}
	withTX := board()
	withTX.TX = uid(8)
	withView := page("Mine first")
	withView.Here = "view:" + uid(77)
	withView.Views = map[string][]SavedViewLink{eng.ID: {{SavedView{uid(77), "Mine first", "person", false}, Query{Saved: uid(77)}}, {SavedView{uid(78), "Late", "clock", true}, Query{Saved: uid(78), Display: Display{Order: "due"}}}}}
	ofAll := page("Urgent everywhere")
	ofAll.Here = "view:" + uid(79)
	ofAll.Views = map[string][]SavedViewLink{"": {{SavedView{uid(79), "Urgent everywhere", "warning", false}, Query{Saved: uid(79), Display: Display{Group: "team"}}}}}
	overAll, listOfAll := filterBar(Query{}), list(Query{}, IssueGroup{Of: CategoryGroup("started"), Count: 1, Rows: []IssueRowData{row(1)}})
	overAll.All, overAll.Team, listOfAll.All, listOfAll.Team = true, Team{}, true, Team{}
	deferred := vocabulary()
	deferred.Deferred = true
	found := SearchData{
		Text: "login", After: "opaque", Filter: FilterBarData{Search: true, Query: Query{Text: "login"}},
		Issues:   []IssueFound{{row(12), "fix the <mark>login</mark>"}, {row(13), ""}},
		Comments: []CommentFound{{uid(2001), "ENG-12", "Fix login", ann, clock, "my <mark>login</mark>"}},
	}
	narrowed := found
	narrowed.Projects = []ProjectFound{{Project{ID: uid(61), Name: "New login", State: "started"}, "Workspace", Due{Day: clock, State: "soon"}, "a <mark>login</mark> for all"}, {Project: Project{ID: uid(62), Name: "Log <b>", State: "completed"}, Scope: "Engineering"}}
	narrowed.Wrong = []string{"“x” is no filter, so it was left out."}
	narrowed.Filter = filterBar(Query{Text: "login", Filters: []Filter{{"label", "bug", true}}}, FilterChip{"Label", true, []FilterValue{{Filter{"label", "bug", true}, "bug"}}})
	narrowed.Filter.Search = true
	filteredAway := SearchData{Text: "login", Filter: narrowed.Filter}
	return []golden{
		{"team_page/list", wholePage, TeamPage(page("Engineering"), TeamPageData{Team: eng, Filter: filterBar(Query{}), List: ListPart(here, list(Query{}, group(todo, row(1), row(2))))})},
		{"all_issues_page/list", wholePage, AllIssuesPage(page("All issues"), AllIssuesData{Filter: overAll, List: ListPart(here, listOfAll)})},
		{"all_issues_page/saved_view", wholePage, AllIssuesPage(ofAll, AllIssuesData{Filter: overAll, Star: StarData{Member: uid(2), Target: "view:" + uid(79), TX: uid(8)}, List: ListPart(here, listOfAll),
			Saved: SavedViewData{View: SavedView{ID: uid(79), Name: "Urgent everywhere", Icon: "warning"}, Query: Query{Filters: []Filter{{"priority", "urgent", false}}}, Dirty: true, Edits: true, Version: 41, TX: uid(8)}})},
		{"team_page/saved_view", wholePage, TeamPage(withView, TeamPageData{Team: eng, Filter: filterBar(Query{}), List: ListPart(here, list(Query{}, group(todo))), Saved: SavedViewData{Team: eng, View: SavedView{ID: uid(77), Name: "Mine first", Icon: "person"}}})},
		{"team_page/misread", wholePage, TeamPage(page("Engineering"), TeamPageData{Team: eng, Filter: filterBar(Query{}), List: ListPart(here, list(Query{}, group(todo))), Wrong: []string{"“x” is no filter, so it was left out."}})},
		{"team_page/board", wholePage, TeamPage(page("Engineering"), TeamPageData{Team: eng, Filter: filterBar(Query{View: BoardView}), Board: withTX})},
		{"my_issues/empty", wholePage, MyIssuesPage(withUndo, MyIssuesData{List: IssueListData{Region: region("member:" + ann.ID), Member: ann.ID, Empty: EmptyStateData{Text: "Nothing assigned to you."}}})},
		{"my_issues/focus", wholePage, MyIssuesPage(page("My issues"), MyIssuesData{List: IssueListData{Region: region("member:" + ann.ID), Member: ann.ID, Order: "updated", Groups: inFocus}})},
		{"my_issues/activity", wholePage, MyIssuesPage(page("My issues"), MyIssuesData{View: "activity", List: IssueListData{Region: region("member:" + ann.ID), Member: ann.ID, Query: Query{View: "activity"}, Order: "updated",
			Groups: []IssueGroup{{Of: MyLatest("activity"), Count: 1, Rows: []IssueRowData{row(1)}, After: "p"}}}})},
		{"my_issues/subscribed", wholePage, MyIssuesPage(page("My issues"), MyIssuesData{View: "subscribed", List: IssueListData{Region: region("member:" + ann.ID), Member: ann.ID, Query: Query{View: "subscribed"}, Order: "updated",
			Groups: []IssueGroup{{Of: MyLatest("subscribed")}}, Empty: NoneOfMine("subscribed")}})},
		{"search/found", wholePage, SearchPage(page("Search"), found)},
		{"search/nothing", wholePage, SearchPage(page("Search"), SearchData{Text: "login", Filter: FilterBarData{Search: true, Query: Query{Text: "login"}}})},
		{"search/filtered", wholePage, SearchPage(page("Search"), narrowed)},
		{"search/filtered_away", wholePage, SearchPage(page("Search"), filteredAway)},
		{"search/blank", wholePage, SearchPage(page("Search"), SearchData{Filter: FilterBarData{Search: true}})},
		{"issue/page", wholePage, IssuePage(page("ENG-12 Fix login"), IssuePageData{Issue: inPage, Composer: ComposerData{IssueID: inPage.ID, IssueKey: "ENG-12", TX: uid(8)}, Shares: ShareListData{To: here.SetIssue("ENG-12", "share"), What: "issue", TX: uid(8)}})},
		{"new_issue/page", wholePage, NewIssuePage(page("New issue"), newIssue("new"))},
		{"outbox/page", wholePage, OutboxPage(page("Outbox"))},
		{"problem/workspace", wholePage, WorkspaceProblemPage(page("Not found"), ProblemData{Title: "Not found", Text: "There is nothing here, or nothing for you."})},
		{"problem/failure", wholePage, ProblemPage(bare, ProblemData{Title: "Something went wrong", Text: "It is not your fault.", RequestID: "r-1", Link: "/", Action: "Back"})},
		{"sign_in/empty", wholePage, SignInPage(bare, SignInData{Next: "/acme", Origin: "https://tandem.example"})},
		{"sign_in/refused", wholePage, SignInPage(bare, SignInData{Email: "ann@example.com", Error: "E-mail or password is wrong."})},
		{"setup/empty", wholePage, SetupPage(bare, SetupData{Token: "tok"})},
		{"setup/refused", wholePage, SetupPage(bare, SetupData{Token: "tok", Slug: "e", Errors: map[string]string{"": "Try again.", "slug": "Taken.", "password": "Too short."}})},
		{"invite/empty", wholePage, InvitePage(bare, InviteData{Token: "tok", Workspace: "Acme", By: "Ann Lee"})},
		{"vocabulary/all", fragment, Vocabulary(here, vocabulary())},
		{"vocabulary/deferred", part, VocabularyRegion(here, deferred)},
	}
}

func embedCases() []golden {
	going, ended := EmbedStatus{Status: started}, EmbedStatus{Status: done, Symbol: `<path d="M7 1"/>`}
	one := EmbedData{Build: "b1", Token: "tok", Shape: "row", Title: "ENG-12 Fix login", Self: "https://t.example/e/tok", Sheet: "https://t.example/embed/v1.css", Version: 57,
		Issues: []EmbedIssue{{"ENG-12", "Fix login", going, []Label{bug, grey}, clock}}}
	many, board, gone, dark := one, one, one, one
	many.Shape, many.Open, many.Closed = "list", 4, 7
	many.Issues = append(many.Issues, EmbedIssue{"ENG-13", rtlTitle, ended, nil, clock})
	board.Shape, board.Open, board.Closed, board.Issues = "board", 1, 0, nil
	board.Groups = []EmbedGroup{{going, 1, one.Issues}, {ended, 0, nil}}
	project := EmbedData{Token: "tok", Shape: "progress", Title: "Launch", State: "started", Self: one.Self, Extent: Extent{Scope: 12, Started: 2, Done: 7}, Version: 57}
	gone.Ended = true
	dark.Shape, dark.Theme = "card", "dark"
	return []golden{
		{"embed/page", wholePage, EmbedPage(one)},
		{"embed/row", fragment, Embed(one)},
		{"embed/list", fragment, Embed(many)},
		{"embed/board", fragment, Embed(board)},
		{"embed/progress", fragment, Embed(project)},
		{"embed/ended", fragment, Embed(gone)},
		{"embed/shadow", part, EmbedShadow(dark)},
		{"badge/issue", part, Badge(BadgeData{Key: "ENG-12", Title: "Fix <login>", Status: started, Words: "In progress"})},
		{"badge/long", part, Badge(BadgeData{Key: "ENG-12", Title: "Eine lange Überschrift, eine sehr lange Überschrift, und dann noch ein Wort", Status: done, Words: "Done"})},
		{"badge/rtl", part, Badge(BadgeData{Key: "ENG-13", Title: rtlTitle, Status: done, Words: "Done", Symbol: `<circle r="5"/>`})},
		{"badge/list", part, Badge(BadgeData{Title: "Web", Words: "12 open / 3 done"})},
	}
}
