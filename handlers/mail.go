package handlers

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"tandem/sync"
	"tandem/views"
)

// mailTexts are the characters of a comment that a letter shows.
const mailTexts = 600

// Mail is a letter, as whatever sends it takes one.
type Mail struct {
	To          string
	Subject     string
	Text, HTML  string
	ID          string // the same for the same letter
	Unsubscribe string // URL that programs may post to; "" for none
}

func (s *Server) sendLetter(ctx context.Context, letter sync.Letter) error {
	token, err := s.engine.UnsubscribeToken(ctx, letter.Actor)
	if err != nil {
		return err
	}
	data := s.mailData(letter, token)
	body, err := render(ctx, views.Mail(data))
	if err != nil {
		return err
	}
	last := letter.Items[len(letter.Items)-1]
	return s.mail(ctx, Mail{To: letter.Me().Email, Subject: mailSubject(letter, data), Text: mailText(data), HTML: string(body), Unsubscribe: data.Unsubscribe,
		ID: fmt.Sprintf("%s.%s.%s.%d.%d@tandem", letter.Actor.Member, last.ID, last.Reason, last.News, len(letter.Items))})
}

// mailData words a letter, by team in the order in which its items come.
func (s *Server) mailData(letter sync.Letter, token string) views.MailData {
	n, at := named{letter.Snapshot}, views.Workspace(letter.Slug)
	d := views.MailData{Workspace: letter.Workspace, Settings: s.mailURL + at.NotificationSettings(), Unsubscribe: s.mailURL + at.Unsubscribe(token)}
	for _, item := range letter.Items {
		team, _ := n.Team(item.Team)
		if len(d.Groups) == 0 || d.Groups[len(d.Groups)-1].Team != team.Name {
			d.Groups = append(d.Groups, views.MailGroup{Team: team.Name})
		}
		group, key := &d.Groups[len(d.Groups)-1], n.Key(item.Team, item.Number)
		url := at.Issue(key)
		if item.Comment != [16]byte{} {
			url = at.CommentOn(key, item.Comment.String())
		}
		group.Items = append(group.Items, views.MailItem{Key: key, Title: item.Title, URL: s.mailURL + url, At: item.At,
			Reason: reasonWords(item.Reason, n.member(item.Actor).Name), Text: excerpt(s.texts.renderer.PlainText(item.Body), mailTexts)})
	}
	return d
}

func mailSubject(letter sync.Letter, d views.MailData) string {
	if len(letter.Items) > 1 {
		return fmt.Sprintf("%d issues in %s", len(letter.Items), letter.Workspace)
	}
	item := d.Groups[0].Items[0]
	return fmt.Sprintf("%s %s (%s)", item.Key, item.Title, item.Reason)
}

// mailText is a letter without HTML.
func mailText(d views.MailData) string {
	var b strings.Builder
	for _, group := range d.Groups {
		fmt.Fprintf(&b, "%s\n\n", group.Team)
		for _, item := range group.Items {
			fmt.Fprintf(&b, "%s:\n%s %s\n%s\n", item.Reason, item.Key, item.Title, item.URL)
			if item.Text != "" {
				fmt.Fprintf(&b, "> %s\n", item.Text)
			}
			b.WriteString("\n")
		}
	}
	fmt.Fprintf(&b, "-- \nChoose what you are told: %s\nGet no more e-mail: %s\n", d.Settings, d.Unsubscribe)
	return b.String()
}

// showUnsubscribe asks; it turns nothing off, since programs look at the links of letters.
func (s *Server) showUnsubscribe(c echo.Context) error {
	if _, err := s.engine.Unsubscriber(c.Request().Context(), c.Param("ws"), c.Param("token")); err != nil {
		return err
	}
	return s.html(c, http.StatusOK, views.UnsubscribePage(s.bare(c, "Unsubscribe"), c.Request().URL.Path, false))
}

// unsubscribe takes the form, and what programs of mail post for whoever presses their button: no sign-in stands in between.
func (s *Server) unsubscribe(c echo.Context) error {
	ctx := c.Request().Context()
	actor, err := s.engine.Unsubscriber(ctx, c.Param("ws"), c.Param("token"))
	if err == nil {
		err = s.engine.NoMail(ctx, actor)
	}
	if err != nil {
		return err
	}
	return s.html(c, http.StatusOK, views.UnsubscribePage(s.bare(c, "Unsubscribed"), c.Request().URL.Path, true))
}
