package github

import (
	"bytes"
	"encoding/json"
	"errors"
)

// ErrFormat means that the file is not JSON that GitHub or the archive tool could have written.
var ErrFormat = errors.New("not a file of GitHub issues (JSON lines, a JSON array or an archive)")

type format string

const (
	formatUnknown format = ""
	formatLines   format = "github-lines"
	formatList    format = "github-list"
	formatValues  format = "github-values" // one object after the other, each over several lines
	formatArchive format = "github-archive"
)

// detect looks at the head of the file without consuming it.
func (in *input) detect() format {
	head, _ := in.Peek(peek)
	text := bytes.TrimSpace(head)
	switch {
	case len(text) == 0:
		return formatUnknown
	case text[0] == '[' && !isJSONLine(text):
		return formatList
	case text[0] == '[':
		return formatLines
	case text[0] == '{':
		return detectObject(text)
	case bytes.Contains(text, []byte("\n{")):
		return formatLines // the first line is broken, which is no reason to refuse the rest
	default:
		return formatUnknown
	}
}

// isJSONLine tells whether the first of several lines is a whole value: then each line is likely to be one.
func isJSONLine(text []byte) bool {
	line, _, more := bytes.Cut(text, []byte("\n"))
	return more && json.Valid(line)
}

func detectObject(text []byte) format {
	if isArchive(text) {
		return formatArchive
	}
	first, rest, several := bytes.Cut(text, []byte("\n"))
	if string(bytes.TrimSpace(first)) == "{" {
		return formatValues
	}
	if several && !json.Valid(first) && !bytes.HasPrefix(rest, []byte("{")) {
		return formatValues // no line begins an object, so lines are not values
	}
	return formatLines
}

// isArchive goes by the first member of the outermost object that only one of the formats has.
func isArchive(text []byte) bool {
	d := json.NewDecoder(bytes.NewReader(text))
	if _, err := d.Token(); err != nil {
		return false
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return false
		}
		switch key {
		case "magic", "repo", "issues", "pulls":
			return true
		case "issue", "pull", "number", "title":
			return false
		}
		var value json.RawMessage
		if d.Decode(&value) != nil {
			return false
		}
	}
	return false
}
