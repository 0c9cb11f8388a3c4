package views

import (
	"net/url"
	"strings"
)

// Build names one build of the assets; their URLs change with it and are cached for good.
type Build string

// Stylesheet is the URL of the joined CSS.
func (b Build) Stylesheet() string { return b.Asset("app.css") }

// PageStylesheet is the URL of what one page needs beside it, which the others do not load.
func (b Build) PageStylesheet(page string) string { return b.Asset("css/page/" + page + ".css") }

// Script is the URL of a module below js/, such as "main.js".
func (b Build) Script(name string) string { return b.Asset("js/" + name) }

// HTMX is the URL of the vendored htmx.
func (b Build) HTMX() string { return b.Asset("vendor/htmx-4.0.1.min.js") }

// Manifest is the URL of the web app's manifest.
func (b Build) Manifest() string { return b.Asset("manifest.json") }

// Icon is the URL of one symbol of the sprite.
func (b Build) Icon(name string) string { return b.Asset("icons.svg#" + name) }

// Asset is the URL of a file of this build.
func (b Build) Asset(path string) string { return "/assets/" + string(b) + "/" + path }

// Workspace is a workspace's slug; its methods make the URLs below it.
type Workspace string

// Fragment is the same workspace below /f: its methods make the URLs of the pages' fragments.
func (w Workspace) Fragment() Workspace { return w + "/f" }

// Home is my issues; view is "" (assigned), "created", "subscribed" or "activity".
func (w Workspace) Home(view, after string) string {
	return w.at() + query("view", view, "after", after)
}

// MemberIssues is what one member has to do with; fragments of Home live here, since they hold nothing of "me".
func (w Workspace) MemberIssues(member, view, after string) string {
	return w.at("member", member) + query("view", view, "after", after)
}

// DoneView is the view of the inbox that shows what was put away.
const DoneView = "done"

// Inbox is what the viewer was told; view is "" or DoneView.
func (w Workspace) Inbox(view, after string) string {
	return w.at("inbox") + query("view", view, "after", after)
}

// InboxIssue is the inbox with an issue beside it.
func (w Workspace) InboxIssue(view, after, key string) string {
	return w.at("inbox") + query("view", view, "after", after, "issue", key)
}

// MemberInbox is one member's inbox, beside an issue or "" for none; only a fragment, which holds nothing of "me".
func (w Workspace) MemberInbox(member, view, after, issue string) string {
	return w.at("member", member, "inbox") + query("view", view, "after", after, "issue", issue)
}

// Unread is the count of what a member has not read; only a fragment.
func (w Workspace) Unread(member string) string { return w.at("member", member, "unread") }

// MarkInbox takes a mark of the viewer's row of an issue: read, done, snooze.
func (w Workspace) MarkInbox(issue, noun string) string { return w.at("inbox", issue, noun) }

// Favourites is where the viewer puts what they keep at hand in order.
func (w Workspace) Favourites() string { return w.at("favourites") }

// MemberFavourites are one member's favourites with their forms; only a fragment.
func (w Workspace) MemberFavourites(member string) string {
	return w.at("member", member, "favourites")
}

// SidebarFavourites are the links to one member's favourites; only a fragment.
func (w Workspace) SidebarFavourites(member string) string { return w.at("member", member, "sidebar") }

// Star is a member's button for one target (issue:<uuid>); only a fragment.
func (w Workspace) Star(member, target string) string { return w.at("member", member, "star", target) }

// CreateFavourite takes the form of a new favourite.
func (w Workspace) CreateFavourite() string { return w.at("favourite") }

// SetFavourite takes a write to a favourite: "" (its folder), position, trash, restore.
func (w Workspace) SetFavourite(id, noun string) string { return w.at("favourite", id, noun) }

// Team is a team's list or board.
func (w Workspace) Team(key string, q Query) string { return w.at("team", key) + q.Encode() }

// All is the list of all teams' issues.
func (w Workspace) All(q Query) string { return w.at("all") + q.In(ListView).From(q.After).Encode() }

// List is a team's list or board, or with no key the list of all teams' issues.
func (w Workspace) List(key string, q Query) string {
	if key == "" {
		return w.All(q)
	}
	return w.Team(key, q)
}

// LayOut takes the form that lays out a team's list, or with no key that of all teams.
func (w Workspace) LayOut(key string) string {
	if key == "" {
		return w.at("all", "display")
	}
	return w.at("team", key, "display")
}

// MoveQuery names, in a board's URL, the card whose Move menu is open.
const MoveQuery = "move"

// Move is a team's board with the Move menu of one card open.
func (w Workspace) Move(key string, q Query, issue string) string {
	return w.at("team", key) + query(append(q.pairs(), "after", q.After, MoveQuery, issue)...) + "#" + MoveID
}

// SnoozedView is the view of a team's triage that shows what sleeps.
const SnoozedView = "snoozed"

// Triage is what waits in a team to be looked at; view is "" or SnoozedView.
func (w Workspace) Triage(key, view, after string) string {
	return w.TriageIssue(key, view, after, "")
}

// TriageIssue is a team's triage with an issue beside it, or "" for none.
func (w Workspace) TriageIssue(key, view, after, issue string) string {
	return w.at("team", key, "triage") + query("view", view, "after", after, "issue", issue)
}

// TriageCount counts that; only a fragment.
func (w Workspace) TriageCount(key string) string { return w.at("team", key, "triage", "count") }

// TeamTrash is what of a team's issues lies in the trash.
func (w Workspace) TeamTrash(key string) string { return w.at("team", key, "trash") }

// TeamExport is a team's list as it is filtered, in a file: csv or json.
func (w Workspace) TeamExport(key, extension string, q Query) string {
	return w.at("team", key, "issues."+extension) + q.In(ListView).Encode()
}

// TeamCycles are a team's cycles; before is the number that a page of past ones begins before, or "".
func (w Workspace) TeamCycles(key, before string) string {
	return w.at("team", key, "cycles") + query("before", before)
}

// TeamCycle is one cycle with its progress, by its number, current or next; only a fragment.
func (w Workspace) TeamCycle(key, called string) string { return w.at("team", key, "cycles", called) }

// SetCycle takes a write to a cycle: its name and days.
func (w Workspace) SetCycle(id string) string { return w.at("cycle", id) }

// SetCycles takes how a team works in cycles.
func (w Workspace) SetCycles(team string) string { return w.at("settings", "team", team, "cycles") }

// Issue is an issue's page, by key or, before it has one, by UUID.
func (w Workspace) Issue(key string) string { return w.at("issue", key) }

// CommentOn is the place of a comment on its issue's page.
func (w Workspace) CommentOn(key, comment string) string {
	return w.Issue(key) + "#" + CommentID(comment)
}

// CommentTool is an issue's page with the form of one of a comment's tools.
func (w Workspace) CommentTool(key, comment string, tool CommentTool) string {
	return w.Issue(key) + query(string(tool), comment) + "#" + CommentID(comment)
}

// New is the page that makes an issue; each value may be empty.
func (w Workspace) New(preset NewPreset) string {
	return w.at("new") + query("team", preset.Team, "status", preset.Status, "priority", preset.Priority, "assignee", preset.Assignee, "label", preset.Label, "project", preset.Project, "cycle", preset.Cycle, "template", preset.Template, "parent", preset.Parent)
}

// NewPreset is what a link to the new-issue page sets beforehand: a team's key, a status's UUID, a priority's number, a
// member's UUID, a label's UUID, a project's UUID, a cycle's UUID, a template's UUID, a parent's key.
type NewPreset struct{ Team, Status, Priority, Assignee, Label, Project, Cycle, Template, Parent string }

// Search is the search page with its results, narrowed by filters.
func (w Workspace) Search(text, after string, filters ...Filter) string {
	pairs := append([]string{"q", text}, Query{Filters: filters}.filterPairs()...)
	return w.at("search") + query(append(pairs, "after", after)...)
}

// Outbox is the page of what is not sent yet.
func (w Workspace) Outbox() string { return w.at("outbox") }

// Vocabulary is the fragment with the names and icons of values; only a fragment.
func (w Workspace) Vocabulary() string { return w.Fragment().at("vocabulary") }

// Transaction is the fragment with the card of a conflict or a refusal; only a fragment.
func (w Workspace) Transaction(id string) string { return w.Fragment().at("transaction", id) }

// CreateIssue takes the form of a new issue.
func (w Workspace) CreateIssue() string { return w.at("new") }

// SetIssue takes a write to an issue: team, title, description, status, priority, assignee, labels, parent, due, estimate,
// cycle, reactions, position, comment, attachment, relation, snooze, decline, trash, restore, share.
func (w Workspace) SetIssue(key, noun string) string { return w.at("issue", key, noun) }

// IssueHistory is what an issue's description was over time, before a place.
func (w Workspace) IssueHistory(key, after string) string {
	return pageAfter(w.at("issue", key, "history"), after)
}

// CommentHistory is what a comment was over time, before a place.
func (w Workspace) CommentHistory(id, after string) string {
	return pageAfter(w.at("comment", id, "history"), after)
}

func pageAfter(path, after string) string {
	if after == "" {
		return path
	}
	return path + "?after=" + url.QueryEscape(after)
}

// Bulk takes one change to several issues.
func (w Workspace) Bulk() string { return w.at("bulk") }

// SetComment takes a write to a comment: body, reactions, trash, restore.
func (w Workspace) SetComment(id, noun string) string { return w.at("comment", id, noun) }

// Attachment is the content of a file on an issue; its name is there for people, and for what they save it as.
func (w Workspace) Attachment(id, name string) string { return w.at("attachment", id, name) }

// SetAttachment takes a write to a file on an issue: trash.
func (w Workspace) SetAttachment(id, noun string) string { return w.at("attachment", id, noun) }

// SetRelation takes a write to a relation: trash.
func (w Workspace) SetRelation(id, noun string) string { return w.at("relation", id, noun) }

// Undo takes the undoing of a transaction.
func (w Workspace) Undo() string { return w.at("undo") }

// ShareTeam makes a share of a team's list as it is filtered.
func (w Workspace) ShareTeam(key string, q Query) string {
	return w.at("team", key, "share") + q.In(ListView).Encode()
}

// ShareProject makes a share of a project.
func (w Workspace) ShareProject(id string) string { return w.at("project", id, "share") }

// View is a saved view; it leads to its list.
func (w Workspace) View(id string) string { return w.at("view", id) }

// CreateView takes the form that saves a list as a view.
func (w Workspace) CreateView() string { return w.at("view") }

// SetView takes a write to a saved view: "" (its fields), trash, restore.
func (w Workspace) SetView(id, noun string) string { return w.at("view", id, noun) }

// Projects lists the projects; view is "" or "trash".
func (w Workspace) Projects(view string) string { return w.at("projects") + query("view", view) }

// ClosedView is the view of a project's page that shows its closed issues.
const ClosedView = "closed"

// Project is a project's page with its issues; of the query it takes the view, the milestone and the place.
func (w Workspace) Project(id string, q Query) string { return w.at("project", id) + q.Encode() }

// ProjectIssues is the list on a project's page; only a fragment.
func (w Workspace) ProjectIssues(id string, q Query) string {
	return w.at("project", id, "issues") + q.Encode()
}

// CreateProject takes the form of a new project.
func (w Workspace) CreateProject() string { return w.at("project") }

// SetProject takes a write to a project: name, description, state, health, lead, members, start, target, trash, restore.
func (w Workspace) SetProject(id, noun string) string { return w.at("project", id, noun) }

// CreateMilestone takes the form of a new milestone.
func (w Workspace) CreateMilestone() string { return w.at("milestone") }

// SetMilestone takes a write to a milestone: "" (its fields), trash, restore.
func (w Workspace) SetMilestone(id, noun string) string { return w.at("milestone", id, noun) }

// RevokeShare ends a share.
func (w Workspace) RevokeShare(id string) string { return w.at("share", id, "revoke") }

// UseTemplate fills a template into the form of a new issue and gives the form back.
func (w Workspace) UseTemplate() string { return w.at("new", "template") }

// Unsubscribe turns e-mail off for whoever has the signed link.
func (w Workspace) Unsubscribe(token string) string { return w.at("unsubscribe", token) }

func (w Workspace) at(segments ...string) string {
	var b strings.Builder
	b.WriteString("/" + string(w))
	for _, segment := range segments {
		if segment != "" {
			b.WriteString("/" + url.PathEscape(segment))
		}
	}
	return b.String()
}

// Place is where a component stands: the workspace its links lead to and the build its assets come from.
type Place struct {
	Workspace
	Build
}

// SignInPath is the sign-in page; next is the local path to return to.
func SignInPath(next string) string { return "/sign-in" + query("next", next) }

// SignInWithPasskeyPath takes what a browser signed.
func SignInWithPasskeyPath() string { return "/sign-in/passkey" }

// ChallengeSignInPath gives what a browser must sign.
func ChallengeSignInPath() string { return "/sign-in/passkey/challenge" }

// SignOutPath ends the session.
func SignOutPath() string { return "/sign-out" }

// SetupPath is the first run's page.
func SetupPath(token string) string { return "/setup" + query("token", token) }

// InvitePath is where an invited person joins.
func InvitePath(token string) string { return "/invite/" + url.PathEscape(token) }

// EmbedPath is a share's page; the others of a share are below it.
func EmbedPath(token string) string { return "/e/" + url.PathEscape(token) }

// EmbedFragmentPath is the live part of a share's page.
func EmbedFragmentPath(token, shape string) string {
	return EmbedPath(token) + query("fragment", shape)
}

// EmbedAgainPath is a share's page when it is loaded anew without scripts, which is no further look.
func EmbedAgainPath(token, size, theme string) string {
	return EmbedPath(token) + query("size", size, "theme", theme, "again", "1")
}

// EmbedBadgePath is a share's status as an image.
func EmbedBadgePath(token string) string { return EmbedPath(token) + ".svg" }

// EmbedScriptPath is the script that other sites load for tandem-embed.
func EmbedScriptPath() string { return "/embed/v1.js" }

// EmbedSheetPath is the style sheet of embeds without a frame.
func EmbedSheetPath() string { return "/embed/v1.css" }

// OEmbedPath answers oEmbed consumers about a share's absolute URL.
func OEmbedPath(share string) string { return "/oembed" + query("url", share) }

// query makes a query of pairs, leaving out those with an empty value.
func query(pairs ...string) string {
	var parts []string
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			parts = append(parts, pairs[i]+"="+escape(pairs[i+1]))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "?" + strings.Join(parts, "&")
}

// escape leaves legible what a query may hold as it is.
func escape(value string) string {
	return strings.NewReplacer("%3A", ":", "%2F", "/").Replace(url.QueryEscape(value))
}
