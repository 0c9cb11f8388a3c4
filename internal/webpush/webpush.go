// Package webpush sends messages to browsers through the push services that they chose (RFC 8030, 8291, 8292).
package webpush

import (
	"context"
	"crypto/ecdh"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/SherClockHolmes/webpush-go"
)

var (
	// ErrGone is what a message is refused with when its browser takes no more, for ever.
	ErrGone = errors.New("the browser takes no more")
	// ErrRefused is what a message is refused with when it would be again.
	ErrRefused = errors.New("refused for good")
)

// kept is how long a push service keeps a message for a browser that is not there.
const kept = 24 * time.Hour

// mostAnswer is how much of a service's answer is read, so that the connection can serve again.
const mostAnswer = 4 << 10

// MostText is how long a message may be in bytes, so that it fits into the one record that every service takes.
const MostText = 3900

// Message is what one browser is sent. Its text is encrypted for that browser, and padded, so that a service learns nothing of it.
type Message struct {
	Endpoint string
	P256DH   []byte
	Auth     []byte
	Text     []byte
	Topic    string // replaces what a service still keeps of the same; at most 32 letters, digits, - and _
	Urgent   bool
}

// Sender sends messages in the name of one site. It is safe for concurrent use.
type Sender struct {
	client          *http.Client
	contact         string
	private, public string
}

// New makes a sender. The contact is an https URL of the site or an address of e-mail, by which whoever runs a push service can
// reach whoever runs the site. The client is Outside, but for tests.
func New(key *ecdh.PrivateKey, contact string, client *http.Client) *Sender {
	encode := base64.RawURLEncoding.EncodeToString
	return &Sender{client: client, contact: contact, private: encode(key.Bytes()), public: encode(key.PublicKey().Bytes())}
}

// PublicKey is what browsers must be told to take messages of this site alone.
func (s *Sender) PublicKey() string { return s.public }

// Send sends a message. What fails with ErrGone or ErrRefused would fail again.
func (s *Sender) Send(ctx context.Context, m Message) error {
	if !strings.HasPrefix(m.Endpoint, "https://") {
		return fmt.Errorf("%w: its address is not https", ErrRefused)
	}
	if len(m.Text) > MostText {
		return fmt.Errorf("%w: %d bytes are too many", ErrRefused, len(m.Text))
	}
	encode := base64.RawURLEncoding.EncodeToString
	to := &webpush.Subscription{Endpoint: m.Endpoint, Keys: webpush.Keys{P256dh: encode(m.P256DH), Auth: encode(m.Auth)}}
	options := &webpush.Options{HTTPClient: s.client, Subscriber: s.contact, VAPIDPublicKey: s.public, VAPIDPrivateKey: s.private,
		TTL: int(kept.Seconds()), Topic: m.Topic, Urgency: webpush.UrgencyNormal}
	if m.Urgent {
		options.Urgency = webpush.UrgencyHigh
	}
	answer, err := webpush.SendNotificationWithContext(ctx, m.Text, to, options)
	if err != nil {
		return fmt.Errorf("post to the push service: %w", withoutPath(err))
	}
	defer answer.Body.Close()
	_, _ = io.CopyN(io.Discard, answer.Body, mostAnswer)
	return verdict(answer.StatusCode)
}

// verdict is what a service's status means for the message.
func verdict(status int) error {
	switch {
	case status >= 200 && status < 300:
		return nil
	case status == http.StatusNotFound || status == http.StatusGone:
		return ErrGone
	case status == http.StatusUnauthorized || status == http.StatusForbidden, // of our key, subject or clock, not of the message
		status == http.StatusTooManyRequests || status == http.StatusRequestTimeout || status >= 500:
		return fmt.Errorf("the push service answered %d", status)
	}
	return fmt.Errorf("%w: the push service answered %d", ErrRefused, status)
}
