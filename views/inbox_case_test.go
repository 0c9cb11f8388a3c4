package views

func inboxCases() []golden {
	at := func(n int, set ...func(*InboxRowData)) InboxRowData {
		d := InboxRowData{ID: uid(1000 + n), Key: "ENG-12", Title: "Fix login", Status: started, Reason: "Ann Lee mentioned you", Actor: ann, At: clock,
			Version: 57, Unread: 1, Comment: uid(2001), Subscribed: true}
		for _, f := range set {
			f(&d)
		}
		return d
	}
	read := func(d *InboxRowData) {
		d.Unread, d.Comment, d.Reason, d.Subscribed = 0, "", "Ben assigned this to you", false
	}
	stacked := func(d *InboxRowData) { d.Unread, d.Reason = 12, "New comment by Ann Lee" }
	nobody := func(d *InboxRowData) { d.Actor, d.Reason = Member{}, "Somebody closed this" }
	inbox := func(rows ...InboxRowData) InboxData {
		return InboxData{Region: region("member:"+ann.ID, "vocabulary"), Member: ann.ID, Rows: rows}
	}
	titledAs := func(title string) func(*InboxRowData) { return func(d *InboxRowData) { d.Title = title } }
	put := inbox(at(1, read))
	put.Done = true
	full := inbox(at(1), at(2, stacked), at(3, read), at(4, titledAs(longTitle)), at(5, titledAs(rtlTitle)), at(6, titledAs(emoji)), at(7, nobody))
	full.More = "opaque"
	frame := page("Inbox")
	frame.Here, frame.Unread = "inbox", UnreadData{Region: region("member:" + ann.ID), Member: ann.ID, Count: 7}
	none, much := frame.Unread, frame.Unread
	none.Count = 0
	much.Count, much.More = 100, true
	whole := inbox(at(1), at(2, read))
	whole.TX = uid(8)
	beside, opened := whole, issue(func(d *IssueData) { d.TX = uid(8) })
	beside.Opened = "ENG-12"
	return []golden{
		{"inbox/page", wholePage, InboxPage(frame, whole, nil)},
		{"inbox/beside", wholePage, InboxPage(frame, beside, &IssuePageData{Issue: opened, Composer: ComposerData{IssueID: opened.ID, IssueKey: "ENG-12", TX: uid(8)},
			Shares: ShareListData{To: here.SetIssue("ENG-12", "share"), What: "issue", TX: uid(8)}})},
		{"inbox/empty", fragment, Inbox(here, inbox())},
		{"inbox/done_empty", fragment, Inbox(here, InboxData{Region: region("member:" + ann.ID), Member: ann.ID, Done: true})},
		{"inbox/full", fragment, Inbox(here, full)},
		{"inbox/done", fragment, Inbox(here, put)},
		{"unread/some", fragment, Unread(here, frame.Unread)},
		{"unread/none", fragment, Unread(here, none)},
		{"unread/much", fragment, Unread(here, much)},
	}
}
