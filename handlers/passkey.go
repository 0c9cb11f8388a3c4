package handlers

import (
	"fmt"
	"net/http"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"tandem/sync"
	"tandem/views"
)

// inPerson keeps programs out of how their owner signs in: what opens one workspace must not make what opens all.
func inPerson(handle memberHandler) memberHandler {
	return func(c echo.Context, v visit) error {
		if _, program := bearerToken(c); program {
			return refuse(http.StatusForbidden, sync.CodeForbidden, "A program cannot change how you sign in.")
		}
		return handle(c, v)
	}
}

// challengePasskey tells a script what the browser must sign to make a passkey.
func (s *Server) challengePasskey(c echo.Context, v visit) error {
	if err := s.limit.take(v.person.ID, 1); err != nil {
		return err
	}
	ctx := c.Request().Context()
	passkeys, err := s.engine.Passkeys(ctx, v.person.ID)
	if err != nil {
		return err
	}
	if err := s.engine.MayAddPasskey(ctx, v.token, passkeys); err != nil {
		return err
	}
	party, err := s.relyingParty(c)
	if err != nil {
		return err
	}
	holder := keyHolder{v.person, passkeys}
	options, asked, err := party.BeginRegistration(holder, webauthn.WithExclusions(holder.descriptors()), webauthn.WithCredentialParameters(webauthn.CredentialParametersRecommendedL3()))
	if err != nil {
		return fmt.Errorf("begin to add a passkey: %w", err)
	}
	token, err := s.engine.ChallengeToAdd(ctx, v.person.ID, passkeyToken(c), asked.Challenge)
	if err != nil {
		return err
	}
	return sendChallenge(c, token, options)
}

func (s *Server) createPasskey(c echo.Context, v visit) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	passkey, err := s.madePasskey(c, v.person, f)
	if err == nil {
		err = s.engine.AddPasskey(c.Request().Context(), passkey)
	}
	if fields, mendable := wrongFields(err); mendable {
		return s.accountPage(c, v, http.StatusUnprocessableEntity, func(d *views.AccountSettingsData) {
			d.Passkey, d.Errors = f.text("name"), map[string]string{"passkey": fields["passkey"], "passkey-name": fields["name"]}
		})
	}
	if err != nil {
		return err
	}
	setFlash(c, "This passkey signs you in from now on.", uuid.Nil)
	return seeOther(c, v.slug.AccountSettings())
}

// madePasskey is what the browser made for a person, once it is proved.
func (s *Server) madePasskey(c echo.Context, person sync.Person, f form) (sync.Passkey, error) {
	party, err := s.relyingParty(c)
	if err != nil {
		return sync.Passkey{}, err
	}
	answer, err := protocol.ParseCredentialCreationResponseBytes([]byte(f.Get("credential")))
	if err != nil {
		return sync.Passkey{}, unproved(err)
	}
	value := answer.Response.CollectedClientData.Challenge
	if err := s.engine.AnswerToAdd(c.Request().Context(), person.ID, passkeyToken(c), value); err != nil {
		return sync.Passkey{}, err
	}
	asked := webauthn.SessionData{Challenge: value, RelyingPartyID: party.Config.RPID, UserID: person.ID[:], UserVerification: verification,
		CredParams: webauthn.CredentialParametersRecommendedL3()}
	made, err := party.CreateCredential(keyHolder{person: person}, asked, answer)
	if err != nil {
		return sync.Passkey{}, unproved(err)
	}
	return sync.Passkey{Person: person.ID, Credential: made.ID, PublicKey: made.PublicKey, SignCount: made.Authenticator.SignCount,
		Synced: made.Flags.BackupEligible, Name: f.text("name")}, nil
}

func (s *Server) renamePasskey(c echo.Context, v visit) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	id, err := uuid.Parse(c.Param("id"))
	if err != nil {
		return errNotThere
	}
	err = s.engine.RenamePasskey(c.Request().Context(), v.person.ID, id, f.text("name"))
	if fields, mendable := wrongFields(err); mendable {
		return s.accountPage(c, v, http.StatusUnprocessableEntity, func(d *views.AccountSettingsData) {
			d.Errors = map[string]string{"passkey": firstOf(fields)}
		})
	}
	if err != nil {
		return err
	}
	return seeOther(c, v.slug.AccountSettings())
}

// removePasskey also ends what it has opened. Its streams on this node end at once.
func (s *Server) removePasskey(c echo.Context, v visit) error {
	id, err := uuid.Parse(c.Param("id"))
	if err != nil {
		return errNotThere
	}
	ctx := c.Request().Context()
	if err := s.engine.RemovePasskey(ctx, v.person.ID, id); err != nil {
		return err
	}
	s.streams.check(ctx)
	return seeOther(c, v.slug.AccountSettings())
}

func passkeysOf(passkeys []sync.Passkey) []views.Passkey {
	shown := make([]views.Passkey, len(passkeys))
	for i, k := range passkeys {
		shown[i] = views.Passkey{ID: k.ID.String(), Name: k.Name, Made: k.CreatedAt.UTC(), Used: timeOf(k.LastUsedAt)}
	}
	return shown
}
