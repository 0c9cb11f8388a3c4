package handlers

import (
	"context"
	"errors"
	"fmt"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"tandem/sync"
)

// challengeSignIn tells a script what the browser must sign to let somebody in.
func (s *Server) challengeSignIn(c echo.Context) error {
	party, err := s.relyingParty(c)
	if err != nil {
		return err
	}
	options, asked, err := party.BeginDiscoverableLogin()
	if err != nil {
		return fmt.Errorf("begin to sign in with a passkey: %w", err)
	}
	token, err := s.engine.ChallengeToSignIn(c.Request().Context(), c.RealIP(), passkeyToken(c), asked.Challenge)
	if err != nil {
		return err
	}
	return sendChallenge(c, token, options)
}

func (s *Server) createPasskeySession(c echo.Context) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	token, err := s.signInWith(c, f)
	return s.answerSignIn(c, f, token, err)
}

// signInWith opens a session for whoever the browser proved to be.
func (s *Server) signInWith(c echo.Context, f form) (sync.Token, error) {
	if err := s.engine.TryPasskey(c.RealIP()); err != nil {
		return "", err
	}
	ctx := c.Request().Context()
	party, err := s.relyingParty(c)
	if err != nil {
		return "", err
	}
	answer, err := protocol.ParseCredentialRequestResponseBytes([]byte(f.Get("credential")))
	if err != nil {
		return "", unproved(err)
	}
	value := answer.Response.CollectedClientData.Challenge
	if err := s.engine.AnswerToSignIn(ctx, passkeyToken(c), value); err != nil {
		return "", err
	}
	passkey, err := s.claimed(ctx, answer)
	if err != nil {
		return "", err
	}
	holder := func(_, _ []byte) (webauthn.User, error) {
		return keyHolder{sync.Person{ID: passkey.Person}, []sync.Passkey{passkey}}, nil
	}
	asked := webauthn.SessionData{Challenge: value, RelyingPartyID: party.Config.RPID, UserVerification: verification}
	if _, err := party.ValidateDiscoverableLogin(holder, asked, answer); err != nil {
		return "", unproved(err)
	}
	return s.engine.SignInWith(ctx, passkey, answer.Response.AuthenticatorData.Counter, c.Request().UserAgent())
}

// claimed is the passkey that an answer says to be of. One that is not there is unproved like any other.
func (s *Server) claimed(ctx context.Context, answer *protocol.ParsedCredentialAssertionData) (sync.Passkey, error) {
	person, err := uuid.FromBytes(answer.Response.UserHandle)
	if err != nil {
		return sync.Passkey{}, unproved(err)
	}
	passkey, err := s.engine.PasskeyOf(ctx, person, answer.RawID)
	if told, ok := errors.AsType[*sync.Error](err); ok {
		return sync.Passkey{}, unproved(told)
	}
	return passkey, err
}
