// Package mail sends letters over SMTP.
package mail

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail"
)

// patience is how long a server is waited for, with all of a letter.
const patience = 30 * time.Second

// ErrRefused is what a letter is refused with for good, such as one to an address that does not exist.
var ErrRefused = errors.New("refused for good")

// Letter is what is sent. Both forms say the same.
type Letter struct {
	To          string
	Subject     string
	Text, HTML  string
	ID          string // the same for the same letter, however often it is sent
	Unsubscribe string // URL that a program may post to; "" for none
}

// Server is where letters go out. It is safe for concurrent use: each letter has a connection of its own.
type Server struct {
	host    string
	from    string
	options []mail.Option
}

// Parse reads a server's URL: smtp://user:password@host:port?from=tandem@example.com, or smtps:// for TLS from the first byte. With
// smtp:// TLS is begun where the server offers it; a password goes only over TLS, or to this very machine.
func Parse(raw string) (*Server, error) {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "smtp" && u.Scheme != "smtps" || u.Hostname() == "" {
		return nil, errors.New("write it as smtp://user:password@host:port?from=tandem@example.com, or smtps://")
	}
	s := &Server{host: u.Hostname(), from: u.Query().Get("from")}
	if s.from == "" {
		s.from = "tandem@" + u.Hostname()
	}
	if err := mail.NewMsg().From(s.from); err != nil {
		return nil, fmt.Errorf("from=%s is no address of e-mail", s.from)
	}
	s.options = []mail.Option{mail.WithTimeout(patience), mail.WithTLSPolicy(mail.TLSOpportunistic), mail.WithoutNoop()}
	if u.Scheme == "smtps" {
		s.options = append(s.options, mail.WithSSL(), mail.WithPort(mail.DefaultPortSSL))
	}
	if port, err := strconv.Atoi(u.Port()); err == nil {
		s.options = append(s.options, mail.WithPort(port))
	}
	if password, given := u.User.Password(); given {
		s.options = append(s.options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(u.User.Username()), mail.WithPassword(password))
	}
	return s, nil
}

// Send sends a letter. What fails with ErrRefused would fail again.
func (s *Server) Send(ctx context.Context, letter Letter) error {
	msg := mail.NewMsg()
	if err := errors.Join(msg.FromFormat("Tandem", s.from), msg.To(letter.To)); err != nil {
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	msg.Subject(letter.Subject)
	msg.SetDate()
	msg.SetMessageIDWithValue(letter.ID)
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	if letter.Unsubscribe != "" {
		msg.SetGenHeaderPreformatted(mail.HeaderListUnsubscribe, "<"+letter.Unsubscribe+">")
		msg.SetGenHeaderPreformatted(mail.HeaderListUnsubscribePost, "List-Unsubscribe=One-Click")
	}
	msg.SetBodyString(mail.TypeTextPlain, letter.Text)
	msg.AddAlternativeString(mail.TypeTextHTML, letter.HTML)
	client, err := mail.NewClient(s.host, s.options...)
	if err != nil {
		return fmt.Errorf("prepare to send: %w", err)
	}
	err = client.DialAndSendWithContext(ctx, msg)
	if msg.IsDelivered() {
		return nil // whatever became of the connection since
	}
	if told, ok := errors.AsType[*mail.SendError](err); ok && refusesTheLetter(told) {
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	return err
}

// refusesTheLetter tells apart a letter that is never taken from a server that is not set up to take any from here.
func refusesTheLetter(told *mail.SendError) bool {
	setup := told.Reason == mail.ErrSMTPMailFrom || strings.HasPrefix(told.EnhancedStatusCode(), "5.7.")
	return told.ErrorCode() >= 500 && !told.IsTemp() && !setup
}
