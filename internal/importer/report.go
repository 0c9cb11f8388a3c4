package importer

import "fmt"

// Sink takes what a parser reads. Both functions are called from the goroutine that called the parser, in the order of the
// file; both must be set.
type Sink struct {
	Issue   func(Issue) error // an error stops the parser, which returns it
	Problem func(Problem)
}

// Problem is something that was not taken as it stands in the file.
type Problem struct {
	File string
	Line int    // of a file that is read by lines, else 0
	Item int    // how many values of the line or the list were read, this one included; 0 if it is about the file
	What string // "issue 12", or "" if it cannot be told
	Text string
	Lost bool // the whole item was left out; else it went in and Text says what is different
}

// String is the problem on one line, for a terminal or a log.
func (p Problem) String() string {
	return p.place() + ": " + p.Text
}

func (p Problem) place() string {
	place := p.File
	switch {
	case p.Line > 0:
		place += fmt.Sprintf(":%d", p.Line)
	case p.Item > 0:
		place += fmt.Sprintf(" item %d", p.Item)
	}
	if p.What != "" {
		place += " (" + p.What + ")"
	}
	return place
}

// Report is what can be told only at the end of a file.
type Report struct {
	Source  Source
	Labels  []Label  // each name once, in the order of the file, those that no issue has included
	People  []Person // each login once, in the order of the file; Ghost is not among them
	Summary Summary
}

// Summary counts what was handed over.
type Summary struct {
	Issues   int // without pulls
	Pulls    int
	Comments int // of issues and pulls
	Events   int
	Reviews  int // not taken over, see Issue.Reviews
	Problems int
}

// Count adds an issue and all that belongs to it.
func (s *Summary) Count(issue Issue) {
	if issue.Pull {
		s.Pulls++
	} else {
		s.Issues++
	}
	s.Comments += len(issue.Comments)
	s.Events += len(issue.History)
	s.Reviews += issue.Reviews
}
