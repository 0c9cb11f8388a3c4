package views

func mailCases() []golden {
	item := func(key, title, reason, text string) MailItem {
		return MailItem{Key: key, Title: title, URL: "https://t.example/acme/issue/" + key, Reason: reason, Text: text, At: clock}
	}
	letter := MailData{Workspace: "Acme", Settings: "https://t.example/acme/settings/notifications", Unsubscribe: "https://t.example/acme/unsubscribe/x", Groups: []MailGroup{
		{Team: "Engineering", Items: []MailItem{item("ENG-12", "Fix <login>", "Ann Lee mentioned you", "What do you think?"), item("ENG-13", rtlTitle, "Due soon", "")}},
		{Team: "Website", Items: []MailItem{item("WEB-1", emoji, "Ben closed this", "")}}}}
	choices := NotificationSettingsData{Digest: "daily", Email: "ann@example.com", Reasons: []ReasonChoice{{"mentioned", "Somebody mentions you", true, true}, {"closed", "What you follow is closed", false, false}}}
	admins := choices
	admins.Sends, admins.Admin = true, true
	bare := BarePage{Build: "b1", Title: "Unsubscribe"}
	return []golden{
		{"mail/letter", part, Mail(letter)},
		{"notification_settings/no_server", wholePage, NotificationSettingsPage(page("Notifications"), choices)},
		{"notification_settings/admin", wholePage, NotificationSettingsPage(page("Notifications"), admins)},
		{"unsubscribe/asks", wholePage, UnsubscribePage(bare, "/acme/unsubscribe/x", false)},
		{"unsubscribe/done", wholePage, UnsubscribePage(bare, "/acme/unsubscribe/x", true)},
	}
}
