package handlers

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/a-h/templ"
	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"tandem/sync"
	"tandem/views"
)

// inboxStyle names the stylesheet of the inbox and of triage, which looks the same.
const inboxStyle = "inbox"

func (s *Server) showInbox(c echo.Context, v visit) error {
	view := inboxView(c)
	inbox, err := s.engine.Inbox(c.Request().Context(), v.Actor, view)
	if err != nil {
		return err
	}
	data, snapshot := inboxData(inbox, view), inbox.Snapshot
	if key := c.QueryParam("issue"); key != "" {
		return s.showInboxIssue(c, v, data, snapshot, key)
	}
	page := s.frame(c, v, snapshot, "Inbox", "inbox")
	page.Style, data.TX = inboxStyle, page.TX
	return s.page(c, http.StatusOK, snapshot, views.InboxPage(page, data, nil))
}

// showInboxIssue shows an issue beside the inbox. The page is as of the earlier of its two readings, so that its stream tells
// what lies between them.
func (s *Server) showInboxIssue(c echo.Context, v visit, data views.InboxData, snapshot sync.Snapshot, key string) error {
	issue, err := s.issue(c.Request().Context(), v, key)
	if err != nil {
		return err
	}
	if issue.Snapshot.Version < snapshot.Version {
		snapshot = issue.Snapshot
	}
	page := s.frame(c, v, snapshot, issue.key()+" "+issue.Title, "inbox")
	page.Style, data.TX, data.Opened = inboxStyle, page.TX, issue.key()
	beside, thread, err := s.issuePageData(c.Request().Context(), v, issue, page.TX)
	if err != nil {
		return err
	}
	return s.pageAround(c, http.StatusOK, snapshot, thread, views.InboxPage(page, data, &beside))
}

func (s *Server) showInboxFragment(c echo.Context, v visit) error {
	if err := onlyMine(c, v); err != nil {
		return err
	}
	view := inboxView(c)
	fresh, err := s.engine.InboxFreshness(c.Request().Context(), v.Actor, view)
	if err != nil {
		return err
	}
	opened := openedIssue(c.QueryParams())
	name := "inbox " + v.Workspace.String() + " " + v.Member.String() + " " + strconv.FormatBool(view.Done) + " " + view.After + " " + opened
	return s.fragment(c, fragment{fresh: fresh, name: name, draw: func(ctx context.Context) (sync.Snapshot, templ.Component, error) {
		inbox, err := s.engine.Inbox(ctx, v.Actor, view)
		data := inboxData(inbox, view)
		data.Opened = opened
		return inbox.Snapshot, views.Inbox(s.place(v), data), err
	}})
}

func (s *Server) showUnreadFragment(c echo.Context, v visit) error {
	if err := onlyMine(c, v); err != nil {
		return err
	}
	unread, err := s.engine.Unread(c.Request().Context(), v.Actor)
	if err != nil {
		return err
	}
	data := unreadData(unread, v)
	fresh := sync.Freshness{Snapshot: unread.Snapshot, Marks: strconv.FormatBool(data.More)} // nothing but which issues they are is shown
	name := "unread " + v.Workspace.String() + " " + v.Member.String()
	return s.fragment(c, fragment{fresh: fresh, name: name, beside: data.Region.Topics, draw: func(context.Context) (sync.Snapshot, templ.Component, error) {
		return unread.Snapshot, views.Unread(s.place(v), data), nil
	}})
}

// openedIssue is the key of the issue that stands beside a list; what names no issue stands beside none.
func openedIssue(query url.Values) string {
	key := query.Get("issue")
	if _, _, known := sync.ParseKey(key); !known {
		return ""
	}
	return key
}

func inboxView(c echo.Context) sync.InboxView {
	return sync.InboxView{Done: c.QueryParam("view") == views.DoneView, After: c.QueryParam("after")}
}

// markInbox takes what somebody does with a row of their inbox. A script is told nothing: it looks at what it shows anew.
func (s *Server) markInbox(noun string) memberHandler {
	return func(c echo.Context, v visit) error {
		f, err := readForm(c)
		if err != nil {
			return err
		}
		title, fresh, err := s.issueOf(c, v)
		if err != nil {
			return err
		}
		mark, err := f.mark(noun, fresh.At.In(named{fresh.Snapshot}.zone(title.Team)))
		if err != nil {
			return err
		}
		if err := s.limit.take(v.person.ID, 1); err != nil {
			return err
		}
		if err := s.engine.MarkInbox(c.Request().Context(), v.Actor, title.ID, mark); err != nil {
			return err
		}
		if fromHTMX(c) {
			return c.NoContent(http.StatusNoContent)
		}
		return c.Redirect(http.StatusSeeOther, back(c, v.slug.Inbox("", "")))
	}
}

func (s *Server) issueOf(c echo.Context, v visit) (sync.IssueTitle, sync.Freshness, error) {
	id, err := sync.ParseIssueID(c.Param("id"))
	if err != nil {
		return sync.IssueTitle{}, sync.Freshness{}, err
	}
	return s.engine.IssueFreshness(c.Request().Context(), v.Actor, id)
}

// mark is what a form of the inbox asks for; without a word it is the plain yes.
func (f form) mark(noun string, now time.Time) (sync.Mark, error) {
	mark, yes := sync.Mark{}, f.Get(noun) != "false"
	mark.Seen, _ = strconv.ParseInt(f.Get("seen"), 10, 64)
	switch noun {
	case "read":
		mark.Read = &yes
	case "done":
		mark.Done = &yes
		if yes {
			mark.Read = &yes
		}
	case "snooze":
		until, known := napUntil(f.Get("until"), now)
		if !known {
			return mark, refuse(http.StatusUnprocessableEntity, sync.CodeInvalid, "Choose until when: later, tomorrow, week or activity.")
		}
		mark.Until = &until
	}
	return mark, nil
}

func unreadData(unread sync.Unread, v visit) views.UnreadData {
	d := views.UnreadData{Member: v.Member.String(), Count: len(unread.Issues), More: unread.More,
		Region: views.Region{Topics: []string{string(sync.NewRef("member", v.Member))}, Version: unread.Version}}
	d.Region.Topics = append(d.Region.Topics, issueTopics(unread.Issues)...)
	return d
}

func issueTopics(issues []uuid.UUID) []string {
	topics := make([]string, len(issues))
	for i, issue := range issues {
		topics[i] = string(sync.NewRef("issue", issue))
	}
	return topics
}

func inboxData(inbox sync.Inbox, view sync.InboxView) views.InboxData {
	n := named{inbox.Snapshot}
	me := inbox.Me().ID
	d := views.InboxData{Member: idOf(me), Done: view.Done, After: view.After, More: inbox.More}
	var issues []uuid.UUID
	for _, row := range inbox.Rows {
		d.Rows, issues = append(d.Rows, n.inboxRow(row)), append(issues, row.ID)
	}
	d.Region = views.Region{Topics: append([]string{string(sync.NewRef("member", me)), "vocabulary"}, issueTopics(issues)...), Version: inbox.Version}
	return d
}

func (n named) inboxRow(row sync.InboxRow) views.InboxRowData {
	zone := n.zone(row.Team)
	d := views.InboxRowData{ID: idOf(row.ID), Key: n.Key(row.Team, row.Number), Title: row.Title, Status: n.status(row.Status), Comment: idOf(row.Comment),
		Actor: n.member(row.Actor), At: row.At.In(zone), Version: row.Version, Unread: row.Unread, Subscribed: row.Subscribed}
	d.Reason = reasonWords(row.Reason, d.Actor.Name)
	return d
}

// reasonWords say why somebody was told; who = "" where the program did it, or somebody who is not known any more.
func reasonWords(reason sync.Reason, who string) string {
	who = or(who, "Somebody")
	switch reason {
	case sync.Mentioned:
		return who + " mentioned you"
	case sync.Assigned:
		return who + " assigned this to you"
	case sync.Closed:
		return who + " closed this"
	case sync.Urgent:
		return who + " made this urgent"
	case sync.Due:
		return "Due soon"
	case sync.Unblocked:
		return who + " closed what blocked this"
	}
	return "New comment by " + who
}

// napUntil is when a row wakes that is put off, by the clock of its issue's team; false for a word that names no time. It is
// worked out when it is chosen: the page may have lain there since yesterday.
func napUntil(word string, now time.Time) (time.Time, bool) {
	morning := func(days int) time.Time {
		return time.Date(now.Year(), now.Month(), now.Day()+days, 9, 0, 0, 0, now.Location())
	}
	switch word {
	case "":
		return time.Time{}, true
	case "later":
		return now.Add(3 * time.Hour), true
	case "tomorrow":
		return morning(1), true
	case "week":
		return morning(7 - int(now.Weekday()+6)%7), true // the next Monday
	case "activity":
		return sync.UntilActivity(), true
	}
	return time.Time{}, false
}
