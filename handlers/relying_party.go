package handlers

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/labstack/echo/v4"

	"tandem/sync"
)

// verification by the device, such as of a finger, is a must: nothing else is asked of whoever signs in with a passkey.
const verification = protocol.VerificationRequired

// relyingParty is this site as authenticators know it: they sign for the address that the browser shows, and for no other. Invalid
// when it is one that they sign nothing for.
func (s *Server) relyingParty(c echo.Context) (*webauthn.WebAuthn, error) {
	base, err := url.Parse(s.base(c))
	if err == nil {
		err = protocol.ValidateRPID(base.Hostname())
	}
	if err != nil {
		return nil, &sync.Error{Kind: sync.Invalid, Code: sync.CodeInvalid, Text: "Passkeys need a server with a name such as tandem.example.com. Ask whoever runs this one.", Err: err}
	}
	party, err := webauthn.New(&webauthn.Config{RPID: strings.ToLower(base.Hostname()), RPDisplayName: "Tandem", RPOrigins: []string{base.Scheme + "://" + base.Host},
		AttestationPreference:             protocol.PreferNoAttestation,
		AuthenticatorSelection:            protocol.AuthenticatorSelection{ResidentKey: protocol.ResidentKeyRequirementRequired, UserVerification: verification},
		ExtensionsUnsolicitedOutputPolicy: protocol.UnsolicitedOutputPolicyIgnore}) // some password managers answer what nobody asked
	if err != nil {
		return nil, fmt.Errorf("set passkeys up: %w", err)
	}
	return party, nil
}

// passkeyOrigin is the address that passkeys are for, "" where authenticators sign for none.
func (s *Server) passkeyOrigin(c echo.Context) string {
	party, err := s.relyingParty(c)
	if err != nil {
		return ""
	}
	return party.Config.RPOrigins[0]
}

// unproved does not tell what was wrong with an answer: nobody can mend it, and whoever made it up shall not learn which passkeys there are.
func unproved(cause error) error {
	text := "This passkey could not be checked, or opens nothing here any more. Try again, or use your password."
	return &sync.Error{Kind: sync.Invalid, Code: sync.CodeInvalid, Text: text, Fields: map[string]string{"passkey": text}, Err: cause}
}

// passkeyCookie holds what binds challenges to the browser that asked for them, those of all its pages.
func passkeyCookie(c echo.Context) string { return cookieName(c) + "-passkey" }

func sendChallenge(c echo.Context, token sync.Token, options any) error {
	c.SetCookie(newCookie(c, passkeyCookie(c), string(token), int(sync.ChallengeLife.Seconds())))
	c.Response().Header().Set("Cache-Control", "no-store")
	return c.JSON(http.StatusOK, options)
}

// passkeyToken is what the browser holds of its challenges, "" for nothing.
func passkeyToken(c echo.Context) sync.Token {
	cookie, err := c.Cookie(passkeyCookie(c))
	if err != nil {
		return ""
	}
	return sync.Token(cookie.Value)
}

// keyHolder is a person with passkeys, as the library asks for one.
type keyHolder struct {
	person   sync.Person
	passkeys []sync.Passkey
}

func (k keyHolder) WebAuthnID() []byte          { return k.person.ID[:] }
func (k keyHolder) WebAuthnName() string        { return k.person.Email }
func (k keyHolder) WebAuthnDisplayName() string { return k.person.Name }

func (k keyHolder) WebAuthnCredentials() []webauthn.Credential {
	credentials := make([]webauthn.Credential, len(k.passkeys))
	for i, passkey := range k.passkeys {
		credentials[i] = webauthn.Credential{ID: passkey.Credential, PublicKey: passkey.PublicKey, Flags: webauthn.CredentialFlags{BackupEligible: passkey.Synced},
			Authenticator: webauthn.Authenticator{SignCount: passkey.SignCount}}
	}
	return credentials
}

func (k keyHolder) descriptors() []protocol.CredentialDescriptor {
	return webauthn.Credentials(k.WebAuthnCredentials()).CredentialDescriptors()
}
