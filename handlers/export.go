package handlers

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"tandem/sync"
)

// exportTeam sends the issues of a team's list as a file while they are read. What the URL asks for and this cannot read is refused: a
// page says what it left out, a file does not.
func (s *Server) exportTeam(extension string) memberHandler {
	return func(c echo.Context, v visit) error {
		key, ctx := strings.ToUpper(c.Param("key")), c.Request().Context()
		laid, err := s.laid(ctx, v, key, c.QueryParams())
		if err != nil {
			return err
		}
		if wrong := teamLists.misread(c.QueryParams()); len(wrong) > 0 {
			return refuse(http.StatusUnprocessableEntity, sync.CodeInvalid, strings.Join(wrong, " "))
		}
		file := &exportedFile{answer: c.Response(), name: string(v.slug) + "-" + key + "." + extension, table: newTable(extension)}
		err = s.engine.Export(ctx, v.Actor, key, listOptions(laid.shown), file.write)
		if err == nil {
			err = file.close()
		}
		if err != nil && c.Response().Committed {
			s.breakOff(c, "an export", err)
		}
		return err
	}
}

// breakOff ends the connection: an answer that ended in good order would pass for a whole file.
func (s *Server) breakOff(c echo.Context, what string, err error) {
	if ctx := c.Request().Context(); !gone(ctx) {
		s.logger.ErrorContext(ctx, what+" broke off", "request_id", requestID(c), "err", err)
	}
	panic(http.ErrAbortHandler)
}

// table is a format of exported files.
type table interface {
	contentType() string
	// write appends issues, the first time with what comes before all of them.
	write(to io.Writer, issues []sync.ExportedIssue) error
	// close appends what comes after all.
	close(to io.Writer) error
}

func newTable(extension string) table {
	if extension == "json" {
		return &jsonTable{}
	}
	return &csvTable{}
}

// exportedFile is the answer that a table is written to. Its header is sent with the first part, when all rights are known.
type exportedFile struct {
	answer *echo.Response
	name   string
	table  table
}

func (f *exportedFile) write(issues []sync.ExportedIssue) error {
	return f.send(func(to io.Writer) error { return f.table.write(to, issues) })
}

func (f *exportedFile) close() error { return f.send(f.table.close) }

// exportPatience is how long a part may take to be sent: the server's own limit is for whole answers.
const exportPatience = 30 * time.Second

func (f *exportedFile) send(write func(io.Writer) error) error {
	connection := http.NewResponseController(f.answer.Writer)
	_ = connection.SetWriteDeadline(time.Now().Add(exportPatience)) // what cannot has no connection to keep busy
	if !f.answer.Committed {
		h := f.answer.Header()
		h.Set("Content-Type", f.table.contentType())
		h.Set("Content-Disposition", `attachment; filename="`+f.name+`"`)
		h.Set("Cache-Control", "no-store")
		f.answer.WriteHeader(http.StatusOK)
	}
	buffered := bufio.NewWriter(f.answer)
	return errors.Join(write(buffered), buffered.Flush())
}

// csvTable is RFC 4180. A first line names the columns.
type csvTable struct{ begun bool }

var csvColumns = []string{"Key", "Title", "Description", "Status", "Priority", "Assignee", "Assignee email", "Labels", "Project", "Milestone", "Cycle", "Parent",
	"Due", "Estimate", "Created", "Updated", "Completed"}

func (*csvTable) contentType() string { return "text/csv; charset=utf-8; header=present" }

func (t *csvTable) write(to io.Writer, issues []sync.ExportedIssue) error {
	lines := csv.NewWriter(to)
	lines.UseCRLF = true
	if !t.begun {
		_ = lines.Write(csvColumns) // Error tells
		t.begun = true
	}
	for _, issue := range issues {
		_ = lines.Write(csvLine(exportedOf(issue)))
	}
	lines.Flush()
	return lines.Error()
}

func (*csvTable) close(io.Writer) error { return nil }

func csvLine(i exported) []string {
	var assignee exportedMember
	if i.Assignee != nil {
		assignee = *i.Assignee
	}
	texts := []string{i.Key, i.Title, i.Description, i.Status, i.Priority, assignee.Name, assignee.Email, joinNames(i.Labels), i.Project, i.Milestone, i.Cycle, i.Parent}
	for at, text := range texts {
		texts[at] = guardCell(text)
	}
	estimate, _ := json.Marshal(i.Estimate) // a number or null
	return append(texts, i.Due, strings.TrimPrefix(string(estimate), "null"), timeText(&i.Created), timeText(&i.Updated), timeText(i.Completed))
}

// guardCell puts an apostrophe before what a spreadsheet would take for a formula. What begins with apostrophes and would be one
// without them gets one more, so that taking one off gives back every text as it was.
func guardCell(text string) string {
	if bare := strings.TrimLeft(text, "'"); bare != "" && strings.ContainsRune("=+-@\t\r", rune(bare[0])) {
		return "'" + text
	}
	return text
}

// joinNames puts names into one cell, parted by commas. One that has a comma or a quotation mark of its own is quoted as cells are.
func joinNames(names []string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = name
		if strings.ContainsAny(name, `,"`) {
			quoted[i] = `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
		}
	}
	return strings.Join(quoted, ", ")
}

// jsonTable is an array with an issue on each line.
type jsonTable struct{ begun, filled bool }

func (*jsonTable) contentType() string { return "application/json" }

func (t *jsonTable) write(to io.Writer, issues []sync.ExportedIssue) error {
	var failed error
	put := func(text string) {
		if _, err := io.WriteString(to, text); err != nil {
			failed = err
		}
	}
	if !t.begun {
		put("[")
		t.begun = true
	}
	encoder := json.NewEncoder(to)
	encoder.SetEscapeHTML(false)
	for _, issue := range issues {
		if t.filled {
			put(",")
		}
		t.filled = true
		if err := errors.Join(failed, encoder.Encode(exportedOf(issue))); err != nil {
			return err
		}
	}
	return failed
}

func (*jsonTable) close(to io.Writer) error {
	_, err := io.WriteString(to, "]\n")
	return err
}
