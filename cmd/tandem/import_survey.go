package main

import (
	"cmp"
	"fmt"
	"io"
	"iter"
	"maps"
	"os"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"tandem/internal/importer"
	"tandem/internal/importer/github"
)

// survey is what a first reading of the files finds: all that must be there before the issues come, and what is wrong with the files.
type survey struct {
	read     reader
	files    []string // those that can be read
	pulls    bool     // whether pull requests are taken
	repo     string   // of the first file that names one
	summary  importer.Summary
	born     map[string]time.Time       // SourceID -> when; of the issues that are taken
	people   map[string]importer.Person // by personKey; those who did something in what is taken
	labels   map[string]importer.Label  // by labelKey
	plans    plans
	shared   int // issues with several assignees
	problems []string
}

// pullLabel marks pull requests, which are issues like others otherwise.
var pullLabel = importer.Label{Name: "pull request", Color: "#6e5494"}

// reader is how files of one format are read. Its name stands in the ids of the people whom only the files know.
type reader struct {
	format string
	read   func(name string, sink importer.Sink) (importer.Report, error)
}

var fromGitHub = reader{"github", readFile}

func takeSurvey(files []string, pulls bool, read reader) *survey {
	s := &survey{read: read, pulls: pulls, plans: newPlans(), born: map[string]time.Time{}, people: map[string]importer.Person{}, labels: map[string]importer.Label{}}
	for _, file := range files {
		report, err := read.read(file, importer.Sink{
			Issue:   s.note,
			Problem: func(p importer.Problem) { s.problems = append(s.problems, p.String()) },
		})
		s.complete(report)
		if err != nil {
			s.problems = append(s.problems, err.Error())
			continue
		}
		s.files = append(s.files, file)
	}
	return s
}

func readFile(name string, sink importer.Sink) (importer.Report, error) {
	file, err := os.Open(name)
	if err != nil {
		return importer.Report{}, err
	}
	defer file.Close()
	return github.Parse(file, github.Options{File: name}, sink)
}

// note remembers whom and what an issue names.
func (s *survey) note(issue importer.Issue) error {
	s.summary.Count(issue)
	if issue.Pull && !s.pulls {
		s.summary.Comments -= len(issue.Comments)
		s.summary.Events -= len(issue.History)
		return nil
	}
	s.born[issue.SourceID] = issue.CreatedAt
	s.plans.note(issue)
	if issue.Pull {
		s.noteLabel(pullLabel)
	}
	if len(issue.Assignees) > 1 {
		s.shared++
	}
	s.notePeople(append(slices.Clone(issue.Assignees), issue.Author)...)
	for _, label := range issue.Labels {
		s.noteLabel(label)
	}
	for _, comment := range issue.Comments {
		s.notePeople(comment.Author)
	}
	for _, event := range issue.History {
		s.noteEvent(event)
	}
	return nil
}

func (s *survey) noteEvent(event importer.Event) {
	s.notePeople(event.Actor)
	switch event.Kind {
	case importer.EventLabeled:
		s.noteLabel(importer.Label{Name: event.To})
	case importer.EventUnlabeled:
		s.noteLabel(importer.Label{Name: event.From})
	case importer.EventAssigned:
		s.notePeople(event.To)
	case importer.EventUnassigned:
		s.notePeople(event.From)
	}
}

func (s *survey) notePeople(logins ...string) {
	for _, login := range logins {
		if _, known := s.people[personKey(login)]; !known && login != importer.Ghost && login != "" {
			s.people[personKey(login)] = importer.Person{Login: login}
		}
	}
}

// noteLabel keeps the first colour. A label of which only history speaks may get one later.
func (s *survey) noteLabel(label importer.Label) {
	key := labelKey(label.Name)
	known, seen := s.labels[key]
	switch {
	case key == "":
	case !seen:
		s.labels[key] = label
	case known.Color == "":
		known.Color = label.Color
		s.labels[key] = known
	}
}

// complete adds what is told only at the end of a file.
func (s *survey) complete(report importer.Report) {
	if s.repo == "" {
		s.repo = report.Source.Repo
	}
	for _, person := range report.People {
		if _, used := s.people[personKey(person.Login)]; used {
			s.people[personKey(person.Login)] = person
		}
	}
	for _, label := range report.Labels {
		if _, used := s.labels[labelKey(label.Name)]; used {
			s.noteLabel(label)
		}
	}
}

// issues is how many records are to be made, pull requests among them if they are taken.
func (s *survey) issues() int {
	if s.pulls {
		return s.summary.Issues + s.summary.Pulls
	}
	return s.summary.Issues
}

// windows are the issues in order of their creation, so many at a time: files may have them in any order, and in the team each new
// issue stands above the older ones.
func (s *survey) windows() iter.Seq[[]string] {
	ids := slices.SortedFunc(maps.Keys(s.born), func(a, b string) int {
		return cmp.Or(s.born[a].Compare(s.born[b]), cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
	})
	return slices.Chunk(ids, windowSize)
}

// windowSize bounds what is held in memory; the files are read once for each window.
const windowSize = 5000

// tell reports what the files hold and every problem that they have.
func (s *survey) tell(to io.Writer) {
	for _, problem := range s.problems {
		fmt.Fprintln(to, problem)
	}
	fmt.Fprintf(to, "found %s, %s, %s of history, %s\n", count(s.issues(), "issue"), count(s.summary.Comments, "comment"),
		count(s.summary.Events, "step"), count(len(s.problems), "problem"))
	if left := s.summary.Pulls; left > 0 && !s.pulls {
		fmt.Fprintf(to, "left out %s: --pulls takes them\n", count(left, "pull request"))
	}
	if s.shared > 0 {
		fmt.Fprintf(to, "%s with several assignees: the first stays, the others are subscribed\n", count(s.shared, "issue"))
	}
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// personKey: GitHub's logins are the same in any case.
func personKey(login string) string { return strings.ToLower(login) }

// labelKey is how labels are matched: by their names as they are stored, in any case.
func labelKey(name string) string { return strings.ToLower(oneLineOf(name, longestLabel)) }

const longestLabel = 80

// oneLineOf makes a text fit a field that holds one line of so many characters.
func oneLineOf(text string, most int) string {
	line := strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' }), " ")
	line = strings.TrimSpace(line)
	if utf8.RuneCountInString(line) > most {
		line = strings.TrimSpace(string([]rune(line)[:most-1])) + "…"
	}
	return line
}
