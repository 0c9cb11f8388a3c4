package demo

import (
	"cmp"
	"embed"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// The format of content/*.md. An issue begins with "=== " and its title; the next line holds status, priority, assignee and
// labels ("-" for none), then any of #slug due=DAYS est=POINTS parent=SLUG by=HANDLE and, last, was=EARLIER TITLE. What follows
// is the description, up to the first comment. A comment begins with "@handle: " at the start of a line. [[slug]] in a text
// stands for the key of the issue with this slug, in whatever team.
//
//go:embed content/*.md
var content embed.FS

var (
	commentStart = regexp.MustCompile(`(?m)^@([a-z]+): `)
	slugLink     = regexp.MustCompile(`\[\[([a-z0-9-]+)\]\]`)
)

// draft is an issue as it is written in a file, before it gets its times.
type draft struct {
	Issue
	slug    string
	parent  string // slug
	blocked string // slug of what is in its way
	was     string // an earlier title
	due     string // days from now, or ""
}

// load reads the drafts of each team, in order of number.
func load(teams []Team) (map[string][]draft, error) {
	drafts := make(map[string][]draft, len(teams))
	for _, team := range teams {
		names, err := content.ReadDir("content")
		if err != nil {
			return nil, fmt.Errorf("demo: %w", err)
		}
		for _, name := range names {
			if !strings.HasPrefix(name.Name(), strings.ToLower(team.Name)+"-") {
				continue
			}
			text, err := content.ReadFile(path.Join("content", name.Name()))
			if err != nil {
				return nil, fmt.Errorf("demo: %w", err)
			}
			parsed, err := parse(team, string(text))
			if err != nil {
				return nil, fmt.Errorf("demo: %s: %w", name.Name(), err)
			}
			drafts[team.Key] = append(drafts[team.Key], parsed...)
		}
	}
	return drafts, link(drafts)
}

func parse(team Team, text string) ([]draft, error) {
	var drafts []draft
	for block := range strings.SplitSeq("\n"+text, "\n=== ") {
		if strings.TrimSpace(block) == "" {
			continue
		}
		title, rest, _ := strings.Cut(block, "\n")
		meta, body, _ := strings.Cut(rest, "\n")
		d := draft{Issue: Issue{Team: team.Key, Title: title, Parent: -1, BlockedBy: -1}}
		if err := d.readMeta(team, meta); err != nil {
			return nil, fmt.Errorf("%q: %w", title, err)
		}
		d.readBody(body)
		drafts = append(drafts, d)
	}
	return drafts, nil
}

func (d *draft) readMeta(team Team, meta string) error {
	meta, d.was, _ = strings.Cut(meta, " was=")
	words := strings.Fields(meta)
	if len(words) < 4 {
		return fmt.Errorf("want status, priority, assignee and labels, have %q", meta)
	}
	var ok bool
	if d.Status, ok = statusNamed(team, words[0]); !ok {
		return fmt.Errorf("no status %q", words[0])
	}
	if d.Priority, ok = priorities[words[1]]; !ok {
		return fmt.Errorf("no priority %q", words[1])
	}
	if words[2] != "-" {
		d.Assignee = words[2]
	}
	if words[3] != "-" {
		d.Labels = strings.Split(words[3], ",")
	}
	for _, word := range words[4:] {
		if err := d.readOption(word); err != nil {
			return err
		}
	}
	return nil
}

var priorities = map[string]int{"none": 0, "urgent": 1, "high": 2, "medium": 3, "low": 4}

// statusNamed finds a status by its last word in lower case: "progress" is In Progress.
func statusNamed(team Team, word string) (string, bool) {
	for _, s := range team.Statuses {
		last := s.Name[strings.LastIndex(s.Name, " ")+1:]
		if strings.ToLower(last) == word {
			return s.Name, true
		}
	}
	return "", false
}

func (d *draft) readOption(word string) (err error) {
	if slug, ok := strings.CutPrefix(word, "#"); ok {
		d.slug = slug
		return nil
	}
	name, value, _ := strings.Cut(word, "=")
	switch name {
	case "due":
		d.due = value
		_, err = strconv.Atoi(value)
	case "est":
		d.Estimate, err = strconv.Atoi(value)
	case "parent":
		d.parent = value
	case "blocked":
		d.blocked = value
	case "by":
		d.Author = value
	default:
		err = fmt.Errorf("unknown word %q", word)
	}
	return err
}

func (d *draft) readBody(body string) {
	starts := commentStart.FindAllStringSubmatchIndex(body, -1)
	end := len(body)
	for i := len(starts) - 1; i >= 0; i-- {
		s := starts[i]
		d.Comments = append(d.Comments, Comment{Author: body[s[2]:s[3]], Body: strings.TrimSpace(body[s[1]:end])})
		end = s[0]
	}
	slices.Reverse(d.Comments)
	d.Description = strings.TrimSpace(body[:end])
}

// link writes the key of an issue wherever a text has its slug.
func link(drafts map[string][]draft) error {
	keys := map[string]string{}
	for team, list := range drafts {
		for i, d := range list {
			if d.slug == "" {
				continue
			}
			if keys[d.slug] != "" {
				return fmt.Errorf("demo: slug %q is used twice", d.slug)
			}
			keys[d.slug] = fmt.Sprintf("%s-%d", team, i+1)
		}
	}
	var unknown string
	replace := func(text string) string {
		return slugLink.ReplaceAllStringFunc(text, func(found string) string {
			slug := strings.Trim(found, "[]")
			if keys[slug] == "" {
				unknown = slug
			}
			return keys[slug]
		})
	}
	for _, list := range drafts {
		for i := range list {
			d := &list[i]
			d.Description = replace(d.Description)
			for j := range d.Comments {
				d.Comments[j].Body = replace(d.Comments[j].Body)
			}
			unknown = cmp.Or(unknown, danglingParent(list[:i], d.parent))
			if d.blocked != "" && keys[d.blocked] == "" {
				unknown = d.blocked
			}
		}
	}
	if unknown != "" {
		return fmt.Errorf("demo: nothing has the slug %q", unknown)
	}
	return nil
}

// danglingParent is the slug itself if no earlier issue of the team has it.
func danglingParent(earlier []draft, slug string) string {
	for _, d := range earlier {
		if d.slug == slug {
			return ""
		}
	}
	return slug
}
