//go:build engines

package engines

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// longest is how long one command may take.
const longest = time.Minute

// wire carries WebDriver's commands to a browser. The names are the standard's, and so are parameters and results.
type wire interface {
	call(command string, params, result any) error
	close()
}

// refusal is WebDriver's error.
type refusal struct {
	Code    string `json:"error"`
	Message string `json:"message"`
}

func (r *refusal) Error() string { return r.Code + ": " + r.Message }

// routes are the commands in HTTP.
var routes = map[string][2]string{
	"NewSession":         {"POST", "/session"},
	"DeleteSession":      {"DELETE", "/session/{id}"},
	"SetTimeouts":        {"POST", "/session/{id}/timeouts"},
	"SetWindowRect":      {"POST", "/session/{id}/window/rect"},
	"Navigate":           {"POST", "/session/{id}/url"},
	"Back":               {"POST", "/session/{id}/back"},
	"GetWindowHandle":    {"GET", "/session/{id}/window"},
	"NewWindow":          {"POST", "/session/{id}/window/new"},
	"SwitchToWindow":     {"POST", "/session/{id}/window"},
	"CloseWindow":        {"DELETE", "/session/{id}/window"},
	"ExecuteAsyncScript": {"POST", "/session/{id}/execute/async"},
	"PerformActions":     {"POST", "/session/{id}/actions"},
	"TakeScreenshot":     {"GET", "/session/{id}/screenshot"},
}

// httpWire speaks to a driver program.
type httpWire struct {
	driver string // its URL
	id     string // of the session
}

func (w *httpWire) call(command string, params, result any) error {
	route, known := routes[command]
	if !known {
		return fmt.Errorf("no route for %s", command)
	}
	body, err := json.Marshal(params)
	if err != nil {
		return err
	}
	if route[0] != "POST" {
		body = nil
	}
	request, err := http.NewRequest(route[0], w.driver+strings.Replace(route[1], "{id}", w.id, 1), bytes.NewReader(body))
	if err != nil {
		return err
	}
	response, err := (&http.Client{Timeout: longest}).Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	answer := struct{ Value json.RawMessage }{}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		return fmt.Errorf("%s: %s: %w", command, response.Status, err)
	}
	if response.StatusCode != http.StatusOK {
		refused := &refusal{}
		return cmpError(json.Unmarshal(answer.Value, refused), refused)
	}
	if command == "NewSession" {
		var made struct{ SessionID string }
		err := json.Unmarshal(answer.Value, &made)
		w.id = made.SessionID
		return err
	}
	return decode(answer.Value, result)
}

func (w *httpWire) close() { _ = w.call("DeleteSession", nil, nil) }

// marionette speaks to Firefox itself, in the way that geckodriver does: the same commands, as frames of JSON over TCP.
type marionette struct {
	conn net.Conn
	in   *bufio.Reader
	last int
}

func dialMarionette(port string) (*marionette, error) {
	conn, err := net.DialTimeout("tcp", "127.0.0.1:"+port, longest)
	if err != nil {
		return nil, err
	}
	m := &marionette{conn: conn, in: bufio.NewReader(conn)}
	_, err = m.frame() // it greets
	return m, err
}

func (m *marionette) call(command string, params, result any) error {
	m.last++
	if params == nil {
		params = struct{}{}
	}
	message, err := json.Marshal([]any{0, m.last, "WebDriver:" + command, params})
	if err != nil {
		return err
	}
	if err := m.conn.SetDeadline(time.Now().Add(longest)); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(m.conn, "%d:%s", len(message), message); err != nil {
		return err
	}
	answer, err := m.frame()
	if err != nil {
		return err
	}
	var kind, id int
	var refused *refusal
	var value json.RawMessage
	if err := json.Unmarshal(answer, &[]any{&kind, &id, &refused, &value}); err != nil {
		return fmt.Errorf("%s: %w in %s", command, err, answer)
	}
	if id != m.last {
		return fmt.Errorf("%s: answer %d to question %d", command, id, m.last)
	}
	if refused != nil {
		return refused
	}
	var inner struct{ Value json.RawMessage }
	if json.Unmarshal(value, &inner) != nil || inner.Value == nil { // a few answers stand there bare
		inner.Value = value
	}
	return decode(inner.Value, result)
}

func (m *marionette) frame() ([]byte, error) {
	length, err := m.in.ReadString(':')
	if err != nil {
		return nil, err
	}
	n, err := strconv.Atoi(strings.TrimSuffix(length, ":"))
	if err != nil {
		return nil, err
	}
	body := make([]byte, n)
	_, err = io.ReadFull(m.in, body)
	return body, err
}

func (m *marionette) close() { m.conn.Close() }

func decode(value json.RawMessage, result any) error {
	if result == nil || value == nil {
		return nil
	}
	return json.Unmarshal(value, result)
}

// cmpError is the first of two errors that is one.
func cmpError(first, second error) error {
	if first != nil {
		return first
	}
	return second
}
