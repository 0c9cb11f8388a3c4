package nemesis

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// timeline is what happened in a round, in order, to be read when it failed.
type timeline struct {
	began time.Time

	mu      sync.Mutex
	moments []moment
	wrong   []failure
}

type moment struct {
	at   time.Duration
	who  string
	text string
}

// failure is something that must not be, and the ids that it is about.
type failure struct {
	text string
	keys []string
}

const nemesis = "nemesis" // who breaks things, in a timeline

func (l *timeline) note(who, format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.moments = append(l.moments, moment{time.Since(l.began), who, fmt.Sprintf(format, args...)})
}

// fail notes a failure. Only the first ones are told: what follows from them would hide them.
func (l *timeline) fail(keys []string, format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.wrong = append(l.wrong, failure{fmt.Sprintf(format, args...), keys})
}

func (l *timeline) failures() []failure {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.wrong)
}

const (
	failuresTold = 8
	momentsTold  = 60
)

// story is the failures, each with the moments that are about the same ids, and what was broken meanwhile.
func (l *timeline) story() string {
	var story strings.Builder
	wrong := l.failures()
	for _, one := range wrong[:min(len(wrong), failuresTold)] {
		fmt.Fprintf(&story, "- %s\n", one.text)
		l.mu.Lock()
		about := slices.DeleteFunc(slices.Clone(l.moments), func(m moment) bool { return m.who != nemesis && !m.mentions(one.keys) })
		l.mu.Unlock()
		for _, m := range about[max(0, len(about)-momentsTold):] {
			fmt.Fprintf(&story, "    %8.3f s  %-8s %s\n", m.at.Seconds(), m.who, m.text)
		}
	}
	if more := len(wrong) - failuresTold; more > 0 {
		fmt.Fprintf(&story, "and %d more\n", more)
	}
	return story.String()
}

func (m moment) mentions(keys []string) bool {
	return slices.ContainsFunc(keys, func(key string) bool { return m.who == key || strings.Contains(m.text, key) })
}
