package handlers

import (
	"errors"
	"net/http"
	"slices"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"tandem/sync"
	"tandem/views"
)

func (s *Server) showNotifications(c echo.Context, v visit) error {
	page, snapshot, err := s.look(c, v, "Notifications", "settings")
	if err != nil {
		return err
	}
	told, err := s.engine.ToldBrowser(c.Request().Context(), v.token)
	if err != nil {
		return err
	}
	wishes := snapshot.Preference()
	data := views.NotificationSettingsData{Digest: wishes.Digest, Sends: s.mail != nil, Admin: snapshot.Admin(), Email: snapshot.Me().Email,
		PushKey: s.pushKey, Endpoint: told}
	for _, reason := range sync.Reasons() {
		data.Reasons = append(data.Reasons, views.ReasonChoice{Name: string(reason), Words: reasonNames[reason], AtOnce: reason.AtOnce(),
			Mail: slices.Contains(wishes.Mail, reason), Push: slices.Contains(wishes.Push, reason)})
	}
	return s.page(c, http.StatusOK, snapshot, views.NotificationSettingsPage(page, data))
}

// reasonNames say what somebody chooses to be told of.
var reasonNames = map[sync.Reason]string{
	sync.Mentioned: "Somebody mentions you", sync.Assigned: "An issue is assigned to you", sync.Urgent: "Your issue becomes urgent",
	sync.Due: "Your issue is due the next day", sync.Unblocked: "What blocked your issue is closed",
	sync.Commented: "Comments on what you follow", sync.Closed: "What you follow is closed",
}

// setNotifications takes the whole form: a box that is not ticked is not sent.
func (s *Server) setNotifications(c echo.Context, v visit) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	snapshot, err := s.engine.Look(c.Request().Context(), v.Actor)
	if err != nil {
		return err
	}
	label := "Choose notifications"
	set := map[string]any{"mail": f.ticked("mail"), "push": f.ticked("push"), "digest": f.Get("digest")}
	result, err := s.apply(c.Request().Context(), v, f, label, snapshot.Preference().Writes(set))
	if err != nil {
		return s.refused(c, v, f, label, err)
	}
	setFlash(c, said(label, result), result.ID)
	return seeOther(c, v.slug.NotificationSettings())
}

// ticked are the values of the boxes of a name that are ticked.
func (f form) ticked(name string) []any {
	values := make([]any, 0, len(f.Values[name]))
	for _, value := range f.Values[name] {
		values = append(values, value)
	}
	return values
}

// sendTestMail lets an admin see whether letters arrive, and says what is wrong if they do not even go out.
func (s *Server) sendTestMail(c echo.Context, v visit) error {
	ctx := c.Request().Context()
	snapshot, err := s.engine.Look(ctx, v.Actor)
	if err != nil {
		return err
	}
	if !snapshot.Admin() || s.mail == nil {
		return refuse(http.StatusForbidden, sync.CodeForbidden, "Only an admin sends a test e-mail, where the server was started with --smtp.")
	}
	if err := s.limit.take(v.person.ID, 1); err != nil {
		return err
	}
	to := snapshot.Me().Email
	text := "E-mail from Tandem arrives."
	err = s.mail(ctx, Mail{To: to, Subject: "Test from Tandem", Text: text + "\n", HTML: "<p>" + text + "</p>", ID: uuid.NewString() + "@tandem"})
	if err != nil {
		s.logger.WarnContext(ctx, "a test e-mail could not be sent", "err", err)
		words := "The server of mail could not be reached or did not take it: see the log."
		if errors.Is(err, sync.ErrUndeliverable) {
			words = "The server of mail refused it: see the log."
		}
		setFlash(c, words, uuid.Nil)
	} else {
		setFlash(c, "A test e-mail is on its way to "+to+".", uuid.Nil)
	}
	return seeOther(c, v.slug.NotificationSettings())
}
