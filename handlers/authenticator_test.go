package handlers

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"net/http"
	"testing"
)

// authenticator is a device with one passkey, as a browser at an address asks it.
type authenticator struct {
	t      *testing.T
	origin string
	party  string // what it signs for
	key    *ecdsa.PrivateKey
	id     []byte
	owner  string // user handle, base64
	count  uint32
	flags  byte
	cose   []byte         // a public key of another kind
	extra  map[string]any // extensions that it answers, though nobody asked
}

const (
	userPresent, userVerified, backupEligible, attested = 1, 4, 8, 64

	here = "http://example.com"
)

func newAuthenticator(t *testing.T) *authenticator {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	id := make([]byte, 16)
	_, _ = rand.Read(id)
	return &authenticator{t: t, origin: here, party: "example.com", key: key, id: id, extra: map[string]any{}, flags: userPresent | userVerified | backupEligible}
}

// signable is what the server wants signed, and the cookie that the answer is bound to.
type signable struct {
	PublicKey struct {
		Challenge string
		RPID      string `json:"rpId"`
		RP        struct{ ID string }
		User      struct{ ID, Name string }
		Exclude   []struct{ ID string } `json:"excludeCredentials"`
	}
	cookie string
}

func (b *browser) asks(path string, headers ...string) signable {
	b.house.t.Helper()
	answer := b.post(path, nil, append(headers, "Accept", "application/json")...).ok()
	var a signable
	answer.decode(&a)
	cookie := answer.cookie("tandem-passkey")
	if cookie == nil || !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode || answer.header.Get("Cache-Control") != "no-store" {
		b.house.t.Fatalf("%+v %v", cookie, answer.header)
	}
	a.cookie = "tandem-passkey=" + cookie.Value
	return a
}

func encode(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }

// makes is what the browser sends of a new passkey.
func (a *authenticator) makes(to signable) string {
	a.t.Helper()
	a.owner = to.PublicKey.User.ID
	data := a.data(a.flags | attested)
	data = append(data, make([]byte, 16)...) // of no model
	data = append(binary.BigEndian.AppendUint16(data, uint16(len(a.id))), a.id...)
	data = append(data, a.publicKey()...)
	object := append([]byte("\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData"), cborBytes(data)...)
	return a.sends(map[string]any{"clientDataJSON": a.client("webauthn.create", to), "attestationObject": encode(object), "transports": []string{"internal"}})
}

func (a *authenticator) publicKey() []byte {
	a.t.Helper()
	if a.cose != nil {
		return a.cose
	}
	point, err := a.key.PublicKey.Bytes()
	must(a.t, err)
	key := append([]byte("\xa5\x01\x02\x03\x26\x20\x01\x21"), cborBytes(point[1:33])...)
	return append(append(key, '\x22'), cborBytes(point[33:])...)
}

// rsaKey is a public key for RS256 of so many bytes, which nobody has the other half of.
func rsaKey(size int) []byte {
	modulus := make([]byte, size)
	_, _ = rand.Read(modulus)
	modulus[0], modulus[size-1] = modulus[0]|0x80, modulus[size-1]|1
	key := append([]byte("\xa4\x01\x03\x03\x39\x01\x00\x20"), cborBytes(modulus)...)
	return append(key, "\x21\x43\x01\x00\x01"...)
}

func cborBytes(b []byte) []byte {
	if len(b) < 256 {
		return append([]byte{0x58, byte(len(b))}, b...)
	}
	return append(binary.BigEndian.AppendUint16([]byte{0x59}, uint16(len(b))), b...)
}

// signs is what the browser sends of a passkey that is there.
func (a *authenticator) signs(to signable) string {
	a.t.Helper()
	a.count++
	client := a.client("webauthn.get", to)
	raw, err := base64.RawURLEncoding.DecodeString(client)
	must(a.t, err)
	hash := sha256.Sum256(raw)
	data := a.data(a.flags)
	sum := sha256.Sum256(append(append([]byte{}, data...), hash[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, a.key, sum[:])
	must(a.t, err)
	return a.sends(map[string]any{"clientDataJSON": client, "authenticatorData": encode(data), "signature": encode(signature), "userHandle": a.owner})
}

func (a *authenticator) data(flags byte) []byte {
	party := sha256.Sum256([]byte(a.party))
	return binary.BigEndian.AppendUint32(append(party[:], flags), a.count)
}

func (a *authenticator) client(kind string, to signable) string {
	raw, err := json.Marshal(map[string]any{"type": kind, "challenge": to.PublicKey.Challenge, "origin": a.origin, "crossOrigin": false})
	must(a.t, err)
	return encode(raw)
}

func (a *authenticator) sends(response map[string]any) string {
	raw, err := json.Marshal(map[string]any{"id": encode(a.id), "rawId": encode(a.id), "type": "public-key", "response": response, "clientExtensionResults": a.extra})
	must(a.t, err)
	return string(raw)
}
