package views

// Settings is the first page of the settings.
func (w Workspace) Settings() string { return w.AccountSettings() }

// CreatePasskey takes what a browser made, and its name.
func (w Workspace) CreatePasskey() string { return w.at("settings", "passkey") }

// ChallengePasskey gives what a browser must sign to make a passkey.
func (w Workspace) ChallengePasskey() string { return w.at("settings", "passkey", "challenge") }

// SetPasskey takes a write to a passkey of one's own: "" (its name), remove.
func (w Workspace) SetPasskey(id, noun string) string { return w.at("settings", "passkey", id, noun) }

// RevokeToken ends an access token of one's own.
func (w Workspace) RevokeToken(id string) string { return w.at("settings", "token", id, "revoke") }

// AccountSettings is one's own page; its form is posted to the same URL.
func (w Workspace) AccountSettings() string { return w.at("settings", "account") }

// SetAppearance takes what one browser is to show.
func (w Workspace) SetAppearance() string { return w.at("settings", "appearance") }

// SetKeys switches single keys on or off.
func (w Workspace) SetKeys() string { return w.at("settings", "keys") }

// NotificationSettings is how one wants to be told; its form is posted to the same URL.
func (w Workspace) NotificationSettings() string { return w.at("settings", "notifications") }

// TestMail sends an admin an e-mail.
func (w Workspace) TestMail() string { return w.at("settings", "notifications", "test") }

// TellBrowser has the browser that posts to it show notifications.
func (w Workspace) TellBrowser() string { return w.at("settings", "browser") }

// ForgetBrowser has it show no more.
func (w Workspace) ForgetBrowser() string { return w.at("settings", "browser", "forget") }

// LabelSettings lists the labels; a new one is posted to the same URL.
func (w Workspace) LabelSettings() string { return w.at("settings", "label") }

// SetLabel takes a write to a label: "" (its fields), trash, restore.
func (w Workspace) SetLabel(id, noun string) string { return w.at("settings", "label", id, noun) }

// TemplateSettings lists the templates; a new one is posted to the same URL.
func (w Workspace) TemplateSettings() string { return w.at("settings", "template") }

// NewTemplate is the form of a new one, of a team by its key or of the workspace.
func (w Workspace) NewTemplate(team string) string {
	return w.at("settings", "template", "new") + query("team", team)
}

// SetTemplate is a template's page, and takes a write to it: "" (its fields), trash, restore.
func (w Workspace) SetTemplate(id, noun string) string { return w.at("settings", "template", id, noun) }

// Import lists the imports; a table is posted to the same URL.
func (w Workspace) Import() string { return w.at("settings", "import") }

// ImportFile is the preview of a table; choice is the query that says how it is read.
func (w Workspace) ImportFile(id, choice string) string {
	if choice == "" {
		return w.at("settings", "import", id)
	}
	return w.at("settings", "import", id) + "?" + choice
}

// CreateImportRun takes the form that imports a table.
func (w Workspace) CreateImportRun(id string) string { return w.at("settings", "import", id, "run") }

// ImportRun is how far an import is, and its report.
func (w Workspace) ImportRun(id string) string { return w.at("settings", "import", "run", id) }

// TrashImportRun moves what an import made into the trash.
func (w Workspace) TrashImportRun(id string) string {
	return w.at("settings", "import", "run", id, "trash")
}

// StatusSettings lists a team's statuses.
func (w Workspace) StatusSettings(team string) string { return w.at("settings", "team", team) }

// SetTriage turns a team's triage on or off.
func (w Workspace) SetTriage(key string) string { return w.at("settings", "team", key, "triage") }

// CreateStatus takes the form of a new status.
func (w Workspace) CreateStatus() string { return w.at("settings", "status") }

// SetStatus takes a write to a status: "" (its fields), trash, restore.
func (w Workspace) SetStatus(id, noun string) string { return w.at("settings", "status", id, noun) }

// MemberSettings lists the people.
func (w Workspace) MemberSettings() string { return w.at("settings", "member") }

// SetRole takes a member's new role.
func (w Workspace) SetRole(id string) string { return w.at("settings", "member", id, "role") }

// CreateInvite makes a link by which somebody joins.
func (w Workspace) CreateInvite() string { return w.at("settings", "invite") }

// Archive tells of an export of the whole workspace; one is asked for by a post to the same URL.
func (w Workspace) Archive() string { return w.at("settings", "export") }
