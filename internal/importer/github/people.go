package github

import (
	"strings"

	"tandem/internal/importer"
)

// registry keeps each name once, in the order of the file.
type registry[T any] struct {
	index map[string]int
	all   []T
}

// at returns the place for a name, and whether it was known. The pointer holds until the next call.
func (r *registry[T]) at(name string) (*T, bool) {
	if i, known := r.index[name]; known {
		return &r.all[i], true
	}
	if r.index == nil {
		r.index = map[string]int{}
	}
	var zero T
	r.index[name] = len(r.all)
	r.all = append(r.all, zero)
	return &r.all[len(r.all)-1], false
}

// login remembers the first of the accounts that exists and returns its login.
func (p *parser) login(accounts ...person) string {
	for _, account := range accounts {
		login := strings.TrimSpace(p.tidy(account.Login))
		if login == "" || login == importer.Ghost {
			continue
		}
		known, _ := p.people.at(login)
		known.Login = login
		if known.Name == "" {
			known.Name = p.tidy(account.Name)
		}
		if known.Email == "" {
			known.Email = p.tidy(account.Email)
		}
		return login
	}
	return importer.Ghost
}

// assignees leaves out deleted accounts: nobody can be asked to do their work.
func (p *parser) assignees(it item) []string {
	accounts := it.Assignees
	if len(accounts) == 0 {
		accounts = []person{it.Assignee}
	}
	var logins []string
	seen := map[string]bool{importer.Ghost: true}
	for _, account := range accounts {
		if login := p.login(account); !seen[login] {
			seen[login] = true
			logins = append(logins, login)
		}
	}
	return logins
}
