package views

func mailCases() []golden {
	item := func(key, title, reason, text string) MailItem {
		return MailItem{Key: key, Title: title, URL: "https://t.example/acme/issue/" + key, Reason: reason, Text: text, At: clock}
	}
	letter := MailData{Workspace: "Acme", Settings: "https://t.example/acme/settings/notifications", Unsubscribe: "https://t.example/acme/unsubscribe/x", Groups: []MailGroup{
		{Team: "Engineering", Items: []MailItem{item("ENG-12", "Fix <login>", "Ann Lee mentioned you", "What do you think?"), item("ENG-13", rtlTitle, "Due soon", "")}},
		{Team: "Website", Items: []MailItem{item("WEB-1", emoji, "Ben closed this", "")}}}}
	choices := NotificationSettingsData{Digest: "daily", Email: "ann@example.com", Reasons: []ReasonChoice{
		{Name: "mentioned", Words: "Somebody mentions you", Mail: true, AtOnce: true, Push: true}, {Name: "closed", Words: "What you follow is closed"}}}
	admins := choices
	admins.Sends, admins.Admin, admins.PushKey = true, true, "BKey"
	told := admins
	told.Endpoint = "https://push.example.com/x"
	bare := BarePage{Build: "b1", Title: "Unsubscribe"}
	return []golden{
		{"mail/letter", part, Mail(letter)},
		{"notification_settings/no_server", wholePage, NotificationSettingsPage(page("Notifications"), choices)},
		{"notification_settings/admin", wholePage, NotificationSettingsPage(page("Notifications"), admins)},
		{"notification_settings/told_here", wholePage, NotificationSettingsPage(page("Notifications"), told)},
		{"unsubscribe/asks", wholePage, UnsubscribePage(bare, "/acme/unsubscribe/x", false)},
		{"unsubscribe/done", wholePage, UnsubscribePage(bare, "/acme/unsubscribe/x", true)},
	}
}
