package github

import (
	"encoding/json"
	"fmt"
	"strings"
)

// entry is an item with its timeline, whichever way the file holds them.
type entry struct {
	item
	pull   bool
	events []json.RawMessage
	whole  bool // the timeline belongs to the file, so the comments that the item counts should be in it
}

// item is an issue or a pull request under all the names that the formats give to its members: snake case is REST, camel case
// is the archive and gh.
type item struct {
	Number        int             `json:"number"`
	URL           string          `json:"url"`
	HTMLURL       string          `json:"html_url"`
	Title         string          `json:"title"`
	Body          string          `json:"body"`
	State         string          `json:"state"`
	StateReason   string          `json:"state_reason"`
	StateReasonGH string          `json:"stateReason"`
	User          person          `json:"user"`
	Author        person          `json:"author"`
	Assignee      person          `json:"assignee"`
	Assignees     []person        `json:"assignees"`
	Labels        []label         `json:"labels"`
	CreatedAt     string          `json:"created_at"`
	UpdatedAt     string          `json:"updated_at"`
	ClosedAt      string          `json:"closed_at"`
	MergedAt      string          `json:"merged_at"`
	CreatedAtGH   string          `json:"createdAt"`
	UpdatedAtGH   string          `json:"updatedAt"`
	ClosedAtGH    string          `json:"closedAt"`
	MergedAtGH    string          `json:"mergedAt"`
	Comments      json.RawMessage `json:"comments"` // how many, or the comments
	Reviews       []review        `json:"reviews"`
	PullRequest   *struct {
		MergedAt string `json:"merged_at"`
	} `json:"pull_request"`
}

type review struct {
	Body     string            `json:"body"`
	Comments []json.RawMessage `json:"comments"`
}

// event is a step of a REST timeline, or a comment of any format.
type event struct {
	Event       string `json:"event"`
	ID          id     `json:"id"`
	URL         string `json:"url"`
	HTMLURL     string `json:"html_url"`
	Actor       person `json:"actor"`
	User        person `json:"user"`
	Author      person `json:"author"`
	Body        string `json:"body"`
	CreatedAt   string `json:"created_at"`
	UpdatedAt   string `json:"updated_at"`
	CreatedAtGH string `json:"createdAt"`
	UpdatedAtGH string `json:"updatedAt"`
	Label       label  `json:"label"`
	Assignee    person `json:"assignee"`
	Rename      struct {
		From string `json:"from"`
		To   string `json:"to"`
	} `json:"rename"`
}

// decode reads an item with or without its wrapper. After an error it still holds what could be read, for the message.
func decode(raw []byte) (entry, error) {
	var wrapper struct {
		Type   string            `json:"type"`
		Issue  *item             `json:"issue"`
		Pull   *item             `json:"pull"`
		Events []json.RawMessage `json:"events"`
	}
	err := json.Unmarshal(raw, &wrapper)
	switch {
	case wrapper.Issue != nil:
		pull := strings.HasPrefix(wrapper.Type, "pull")
		return entry{item: *wrapper.Issue, pull: pull, events: wrapper.Events, whole: true}, err
	case wrapper.Pull != nil:
		return entry{item: *wrapper.Pull, pull: true, events: wrapper.Events, whole: true}, err
	}
	// The error of the wrapper is not final: in a bare item its names may be those of something else.
	var bare entry
	return bare, json.Unmarshal(raw, &bare.item)
}

func (it item) what() string {
	if it.Number == 0 {
		return ""
	}
	return fmt.Sprintf("issue %d", it.Number)
}

// person is an account as an object, or only its login. No login is a deleted account.
type person struct {
	Login string
	Name  string
	Email string
}

func (p *person) UnmarshalJSON(raw []byte) error {
	if raw[0] == '"' {
		return json.Unmarshal(raw, &p.Login)
	}
	type object person
	return json.Unmarshal(raw, (*object)(p))
}

// label is a label as an object, or only its name.
type label struct {
	Name        string
	Color       string
	Description string
}

func (l *label) UnmarshalJSON(raw []byte) error {
	if raw[0] == '"' {
		return json.Unmarshal(raw, &l.Name)
	}
	type object label
	return json.Unmarshal(raw, (*object)(l))
}

// id is a number in REST and a string elsewhere.
type id string

func (i *id) UnmarshalJSON(raw []byte) error {
	if raw[0] == '"' {
		return json.Unmarshal(raw, (*string)(i))
	}
	if string(raw) != "null" {
		*i = id(raw)
	}
	return nil
}
