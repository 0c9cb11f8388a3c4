package handlers

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"tandem/sync"
	"tandem/views"
)

const (
	noteTitle = 120 // characters; with a text of noteText it fits into one message, however it is escaped
	noteText  = 200
	mostNotes = 3 // at once; more become one that leads to the inbox
)

// Push is a message to one browser, as whatever sends it takes one.
type Push struct {
	Endpoint string
	P256DH   []byte
	Auth     []byte
	Text     []byte // JSON, which the service worker reads
	Topic    string // what it replaces where it is still kept
	Urgent   bool
}

// note is what a browser shows, as service_worker.js reads it.
type note struct {
	Title  string `json:"title"`
	Body   string `json:"body"`
	URL    string `json:"url"`    // path of this site that it leads to
	Tag    string `json:"tag"`    // of those of one tag the newest is shown
	Unread int    `json:"unread"` // for the program's icon
	topic  string
	urgent bool
}

// sendNotifications tells a browser of a letter. Where one of its few messages does not go through now, all come again, and take the
// places of those that are shown; one that is refused for good leaves the others be.
func (s *Server) sendNotifications(ctx context.Context, letter sync.Letter) error {
	var refused error
	for _, one := range s.notes(letter) {
		text, err := json.Marshal(one)
		if err != nil {
			return fmt.Errorf("word a notification: %w", err)
		}
		err = s.notify(ctx, Push{Endpoint: letter.Browser.Endpoint, P256DH: letter.Browser.P256DH, Auth: letter.Browser.Auth, Text: text, Topic: one.topic, Urgent: one.urgent})
		if errors.Is(err, sync.ErrUndeliverable) {
			refused = err
		} else if err != nil {
			return err
		}
	}
	return refused
}

// notes words a letter: each issue once, with the newest that is told of it.
func (s *Server) notes(letter sync.Letter) []note {
	var notes []note
	at := map[uuid.UUID]int{}
	for _, item := range letter.Items {
		one := s.note(letter, item)
		if i, known := at[item.ID]; known {
			one.urgent = one.urgent || notes[i].urgent
			notes[i] = one
			continue
		}
		at[item.ID], notes = len(notes), append(notes, one)
	}
	if len(notes) <= mostNotes {
		return notes
	}
	slug := views.Workspace(letter.Slug)
	return []note{{Title: fmt.Sprintf("%d issues in %s", len(notes), excerpt(letter.Workspace, noteTitle)), Body: "They wait in your inbox.",
		URL: slug.Inbox("", ""), Tag: slug.Inbox("", ""), Unread: letter.Unread, topic: topicOf(letter.Actor.Workspace), urgent: true}}
}

func (s *Server) note(letter sync.Letter, item sync.LetterItem) note {
	n := named{letter.Snapshot}
	slug, key := views.Workspace(letter.Slug), n.Key(item.Team, item.Number)
	one := note{Title: key + " " + excerpt(item.Title, noteTitle), Body: reasonWords(item.Reason, n.member(item.Actor).Name), URL: slug.Issue(key),
		Tag: string(sync.NewRef("issue", item.ID)), Unread: letter.Unread, topic: topicOf(item.ID), urgent: item.Reason.AtOnce()}
	if item.Comment != uuid.Nil {
		one.URL = slug.CommentOn(key, item.Comment.String())
	}
	if text := s.texts.renderer.PlainText(item.Body); text != "" {
		one.Body += ": " + excerpt(text, noteText)
	}
	return one
}

// topicOf is an id as push services take it.
func topicOf(id uuid.UUID) string { return strings.ReplaceAll(id.String(), "-", "") }

// tellBrowser takes what the browser's own push service gave to the script of the settings. The service worker sends it when that
// was replaced; it renews what is told already, and begins nothing.
func (s *Server) tellBrowser(c echo.Context, v visit) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	if err := s.limit.take(v.person.ID, 1); err != nil {
		return err
	}
	ctx := c.Request().Context()
	told, err := s.engine.ToldBrowser(ctx, v.token)
	if err != nil {
		return err
	}
	renews := f.Get("renew") != ""
	if renews && told == "" {
		return c.NoContent(http.StatusNoContent)
	}
	browser := sync.Browser{Endpoint: f.Get("endpoint"), P256DH: f.bytes("p256dh"), Auth: f.bytes("auth")}
	if err := s.engine.TellBrowser(ctx, v.token, browser); err != nil {
		return err
	}
	if renews {
		return c.NoContent(http.StatusNoContent)
	}
	setFlash(c, "This browser shows notifications from now on.", uuid.Nil)
	return seeOther(c, v.slug.NotificationSettings())
}

// bytes are those that a control holds as base64; what is none is none.
func (f form) bytes(name string) []byte {
	raw, _ := base64.RawURLEncoding.DecodeString(f.Get(name))
	return raw
}

func (s *Server) forgetBrowser(c echo.Context, v visit) error {
	if err := s.engine.ForgetBrowser(c.Request().Context(), v.token); err != nil {
		return err
	}
	setFlash(c, "This browser shows no more notifications.", uuid.Nil)
	return seeOther(c, v.slug.NotificationSettings())
}
