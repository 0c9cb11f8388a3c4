package handlers

import (
	"errors"
	"fmt"
	"net/http"
	stdsync "sync"

	"github.com/google/uuid"

	"tandem/sync"
)

const (
	uploadWeight  = 20 // transactions that a file counts as
	uploadsAtOnce = 3  // of a person
)

// takeUpload counts a file, with the transaction that names it, as many transactions, as far as the limit lets anybody send so many.
func (l *limiter) takeUpload(person uuid.UUID) error {
	err := l.take(person, max(1, min(uploadWeight+1, l.most)))
	if told, ok := errors.AsType[*refusal](err); ok {
		told.Detail = "Too many files at once. Wait a moment, then attach this one again."
	}
	return err
}

// uploads lets a person send a few files at once: each lies on disk until it is stored. Safe for concurrent use.
type uploads struct {
	mu    stdsync.Mutex
	under map[uuid.UUID]int
}

func newUploads() *uploads { return &uploads{under: map[uuid.UUID]int{}} }

// begin counts one more of a person until done is called, or refuses it.
func (u *uploads) begin(person uuid.UUID) (done func(), err error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.under[person] == uploadsAtOnce {
		p := newProblem(http.StatusTooManyRequests, sync.CodeRateLimited, fmt.Sprintf("%d of your files are on their way. Wait until one is there, then attach this one.", uploadsAtOnce))
		p.after = 2
		return nil, &refusal{p}
	}
	u.under[person]++
	return func() { u.end(person) }, nil
}

func (u *uploads) end(person uuid.UUID) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.under[person]--; u.under[person] == 0 {
		delete(u.under, person)
	}
}
