package webpush_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"tandem/internal/webpush"
)

// browser is one with its push service.
type browser struct {
	*testing.T
	key     *ecdh.PrivateKey
	auth    []byte
	service *httptest.Server
	got     chan *http.Request
	body    []byte
}

func newBrowser(t *testing.T, answer http.HandlerFunc) *browser {
	t.Helper()
	b := &browser{T: t, key: newKey(t), auth: make([]byte, 16), got: make(chan *http.Request, 1)}
	_, _ = rand.Read(b.auth)
	b.service = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b.body, _ = io.ReadAll(r.Body)
		answer(w, r)
		b.got <- r
	}))
	t.Cleanup(b.service.Close)
	return b
}

func answering(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }
}

func newKey(t *testing.T) *ecdh.PrivateKey {
	t.Helper()
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	must(t, err)
	return key
}

func (b *browser) message(text string) webpush.Message {
	return webpush.Message{Endpoint: b.service.URL + "/to/ben", P256DH: b.key.PublicKey().Bytes(), Auth: b.auth, Text: []byte(text), Topic: "issue-1", Urgent: true}
}

// read decrypts what came, as a browser does (RFC 8188 and 8291).
func (b *browser) read() string {
	b.Helper()
	if len(b.body) < 86 || b.body[20] != 65 {
		b.Fatalf("%d bytes came", len(b.body))
	}
	salt, senders, sealed := b.body[:16], b.body[21:86], b.body[86:]
	sender, err := ecdh.P256().NewPublicKey(senders)
	must(b.T, err)
	shared, err := b.key.ECDH(sender)
	must(b.T, err)
	info := "WebPush: info\x00" + string(b.key.PublicKey().Bytes()) + string(senders)
	input := derive(b.T, shared, b.auth, info, 32)
	block, err := aes.NewCipher(derive(b.T, input, salt, "Content-Encoding: aes128gcm\x00", 16))
	must(b.T, err)
	box, err := cipher.NewGCM(block)
	must(b.T, err)
	text, err := box.Open(nil, derive(b.T, input, salt, "Content-Encoding: nonce\x00", 12), sealed, nil)
	must(b.T, err)
	padded := bytes.TrimRight(text, "\x00")
	if padded[len(padded)-1] != 2 {
		b.Fatalf("the last record ends with %d", padded[len(padded)-1])
	}
	return string(padded[:len(padded)-1])
}

func derive(t *testing.T, secret, salt []byte, info string, length int) []byte {
	t.Helper()
	key, err := hkdf.Key(sha256.New, secret, salt, info, length)
	must(t, err)
	return key
}

func TestSend_IsReadByItsBrowserAlone(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, answering(http.StatusCreated))
	key := newKey(t)
	sender := webpush.New(key, "https://tandem.example.com", b.service.Client())
	must(t, sender.Send(t.Context(), b.message(`{"title":"Größe"}`)))
	r := <-b.got
	if got := b.read(); got != `{"title":"Größe"}` {
		t.Errorf("%q", got)
	}
	if bytes.Contains(b.body, []byte("title")) || len(b.body) != 4096 {
		t.Errorf("the service sees %d bytes", len(b.body))
	}
	for name, want := range map[string]string{"Content-Encoding": "aes128gcm", "Ttl": "86400", "Topic": "issue-1", "Urgency": "high"} {
		if got := r.Header.Get(name); got != want {
			t.Errorf("%s is %q", name, got)
		}
	}
	claims := vapid(t, r.Header.Get("Authorization"), key.PublicKey())
	expires := time.Unix(int64(claims["exp"].(float64)), 0)
	if claims["aud"] != b.service.URL || claims["sub"] != "https://tandem.example.com" || time.Until(expires) < time.Hour || time.Until(expires) > 24*time.Hour {
		t.Errorf("%v", claims)
	}
	must(t, sender.Send(t.Context(), b.message(strings.Repeat("x", webpush.MostText))))
	<-b.got
	if err := sender.Send(t.Context(), b.message(strings.Repeat("x", webpush.MostText+1))); !errors.Is(err, webpush.ErrRefused) {
		t.Errorf("%v", err)
	}
}

// vapid checks by whom a message is signed, and reads what they say of themselves (RFC 8292).
func vapid(t *testing.T, header string, wanted *ecdh.PublicKey) (claims map[string]any) {
	t.Helper()
	token, key, _ := strings.Cut(strings.TrimPrefix(header, "vapid t="), ", k=")
	parts := strings.Split(token, ".")
	public, signature := decode(t, key), decode(t, parts[len(parts)-1])
	if len(parts) != 3 || !bytes.Equal(public, wanted.Bytes()) || len(signature) != 64 {
		t.Fatalf("%s", header)
	}
	signer, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), public)
	must(t, err)
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if !ecdsa.Verify(signer, sum[:], new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])) {
		t.Error("it was signed by somebody else")
	}
	must(t, json.Unmarshal(decode(t, parts[1]), &claims))
	return claims
}

func decode(t *testing.T, text string) []byte {
	t.Helper()
	raw, err := base64.RawURLEncoding.DecodeString(text)
	must(t, err)
	return raw
}

func TestSend_TellsWhatIsGoneAndWhatMayGoThroughLater(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]error{
		200: nil, 201: nil, 202: nil, 404: webpush.ErrGone, 410: webpush.ErrGone, 400: webpush.ErrRefused, 413: webpush.ErrRefused,
		301: webpush.ErrRefused, 401: errLater, 403: errLater, 429: errLater, 500: errLater, 503: errLater,
	} {
		b := newBrowser(t, answering(status))
		err := webpush.New(newKey(t), "https://tandem.example.com", b.service.Client()).Send(t.Context(), b.message("Hello"))
		if !errors.Is(sort(err), want) {
			t.Errorf("%d: %v", status, err)
		}
	}
	away := newBrowser(t, answering(http.StatusCreated))
	away.service.Close()
	err := webpush.New(newKey(t), "https://tandem.example.com", away.service.Client()).Send(t.Context(), away.message("Hello"))
	if sort(err) != errLater || strings.Contains(err.Error(), "/to/ben") {
		t.Errorf("nobody there: %v", err)
	}
}

var errLater = errors.New("may go through later")

func sort(err error) error {
	if err == nil || errors.Is(err, webpush.ErrGone) || errors.Is(err, webpush.ErrRefused) {
		return err
	}
	return errLater
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
