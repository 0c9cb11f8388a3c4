package handlers

import (
	"fmt"
	"strconv"
	"strings"

	"tandem/sync"
	"tandem/views"
)

// words says a field's value as the protocol has it in words, as far as the reader may know it.
func (n named) words(field string, value any) string {
	switch v := value.(type) {
	case nil:
		return nothingWords(field)
	case []string:
		return n.listed(v)
	case []any:
		refs := make([]string, len(v))
		for i, ref := range v {
			refs[i] = fmt.Sprint(ref)
		}
		return n.listed(refs)
	case float64:
		return numberWords(field, int64(v))
	case int64:
		return numberWords(field, v)
	case string:
		return n.refWords(v)
	}
	return fmt.Sprint(value)
}

func nothingWords(field string) string {
	switch field {
	case "assignee":
		return "nobody"
	case "priority":
		return views.Priority(0).Name()
	}
	return ""
}

func numberWords(field string, number int64) string {
	if field == "priority" && number >= 0 && number <= 4 {
		return views.Priority(number).Name()
	}
	return strconv.FormatInt(number, 10)
}

func (n named) listed(refs []string) string {
	var words []string
	for _, ref := range refs {
		if word := n.refWords(ref); word != "" {
			words = append(words, word)
		}
	}
	return strings.Join(words, ", ")
}

// refWords names what a reference leads to; a plain text is itself.
func (n named) refWords(text string) string {
	kind, id, ok := sync.Ref(text).Parse()
	if !ok {
		return text
	}
	switch kind {
	case "status":
		return or(n.status(id).Name, "a former status")
	case "member":
		return or(n.member(id).Name, "a former member")
	case "label":
		label, _ := n.Label(id)
		return or(label.Name, "a former label")
	case "project":
		return or(n.project(id).Name, "a former project")
	case "milestone":
		milestone, _ := n.Milestone(id)
		return or(milestone.Name, "a former milestone")
	case "team":
		team, _ := n.Team(id)
		return or(team.Name, "another team")
	case "cycle":
		if cycle := n.cycle(id); cycle.ID != "" {
			return cycle.Name()
		}
		return "a former cycle"
	case "issue":
		return "an issue"
	}
	return ""
}

func or(text, instead string) string {
	if text == "" {
		return instead
	}
	return text
}
