package mail_test

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"tandem/internal/mail"
)

// hangUp is what a server says that says nothing any more.
const hangUp = ""

// serve answers one client as a server of mail does, or to some commands as it is told, and hands out what it was given.
func serve(t *testing.T, says map[string]string) (address string, got <-chan string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	taken := make(chan string, 1)
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
		taken <- converse(conn, says)
	}()
	return listener.Addr().String(), taken
}

func converse(conn net.Conn, says map[string]string) string {
	lines, said := bufio.NewReader(conn), strings.Builder{}
	fmt.Fprint(conn, "220 mail.example.com\r\n")
	for inLetter := false; ; {
		line, err := lines.ReadString('\n')
		if err != nil {
			return said.String()
		}
		said.WriteString(line)
		word, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		answer, told := says[word]
		switch {
		case inLetter && line == ".\r\n":
			inLetter = false
			fmt.Fprint(conn, "250 taken\r\n")
		case inLetter:
		case word == "DATA":
			inLetter = true
			fmt.Fprint(conn, "354 go on\r\n")
		case told && answer == hangUp:
			return said.String()
		case told:
			fmt.Fprint(conn, answer+"\r\n")
		case word == "QUIT":
			fmt.Fprint(conn, "221 bye\r\n")
			return said.String()
		case word == "EHLO":
			fmt.Fprint(conn, "250-mail.example.com\r\n250 ENHANCEDSTATUSCODES\r\n")
		default:
			fmt.Fprint(conn, "250 mail.example.com\r\n")
		}
	}
}

func send(t *testing.T, address string) error {
	t.Helper()
	server, err := mail.Parse("smtp://" + address + "?from=tandem@example.com")
	if err != nil {
		t.Fatal(err)
	}
	return server.Send(t.Context(), mail.Letter{To: "ben@example.com", Subject: "ENG-1 Größe \U0001f600", Text: "Hello Ben", HTML: "<p>Hello <b>Ben</b></p>",
		ID: "1@tandem", Unsubscribe: "https://tandem.example.com/acme/unsubscribe/x"})
}

func TestSend_SaysTheSameTwiceAndHowToGetNoMore(t *testing.T) {
	t.Parallel()
	address, got := serve(t, nil)
	if err := send(t, address); err != nil {
		t.Fatal(err)
	}
	said := <-got
	for _, wanted := range []string{
		"MAIL FROM:<tandem@example.com>", "RCPT TO:<ben@example.com>", "Message-ID: <1@tandem>", "List-Unsubscribe: <https://tandem.example.com/acme/unsubscribe/x>",
		"List-Unsubscribe-Post: List-Unsubscribe=One-Click", "Auto-Submitted: auto-generated", "multipart/alternative", "Hello Ben", "<p>Hello <b>Ben</b></p>",
	} {
		if !strings.Contains(said, wanted) {
			t.Errorf("no %q in\n%s", wanted, said)
		}
	}
}

func TestSend_TellsWhatIsRefusedForGoodFromWhatMayGoThroughLater(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		command, answer string
		forGood         bool
	}{
		{"RCPT", "550 nobody of that name", true},
		{"RCPT", "450 come back later", false},
		{"RCPT", "550 5.7.1 relaying denied", false}, // the setting is wrong, not the letter
		{"MAIL", "530 5.7.0 authentication required", false},
	} {
		address, _ := serve(t, map[string]string{c.command: c.answer})
		if err := send(t, address); err == nil || errors.Is(err, mail.ErrRefused) != c.forGood {
			t.Errorf("%s: %v", c.answer, err)
		}
	}
	gone, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = gone.Close()
	if err := send(t, gone.Addr().String()); err == nil || errors.Is(err, mail.ErrRefused) {
		t.Errorf("nobody there: %v", err)
	}
}

func TestSend_IsDoneOnceTheLetterWasTaken(t *testing.T) {
	t.Parallel()
	for _, command := range []string{"RSET", "QUIT"} {
		address, got := serve(t, map[string]string{command: hangUp})
		if err := send(t, address); err != nil {
			t.Errorf("%s: %v", command, err)
		}
		if said := <-got; !strings.Contains(said, "Hello Ben") {
			t.Errorf("%s: it was given\n%s", command, said)
		}
	}
}

func TestParse_RefusesWhatIsNoServer(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{"mail.example.com", "http://mail.example.com", "smtp://", "smtp://mail.example.com?from=nobody", "smtp://%"} {
		if _, err := mail.Parse(raw); err == nil {
			t.Errorf("%q is taken", raw)
		}
	}
	for _, raw := range []string{"smtp://localhost", "smtps://ann:secret@mail.example.com:465?from=tandem@example.com"} {
		if _, err := mail.Parse(raw); err != nil {
			t.Errorf("%q: %v", raw, err)
		}
	}
}
