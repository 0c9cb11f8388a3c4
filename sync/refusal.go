package sync

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"tandem/queries"
)

// Refusal is a transaction that was not applied, as its card shows it.
type Refusal struct {
	Result
	Label   string
	Request []Operation // what was asked for
	At      time.Time
}

// Refusal reads what one's own transaction was refused for. NotFound when there is none of that id.
func (e *Engine) Refusal(ctx context.Context, actor Actor, id uuid.UUID) (Refusal, error) {
	row, err := e.queries.GetResult(ctx, e.pool, queries.GetResultParams{WorkspaceID: actor.Workspace, TransactionID: id, MemberID: actor.Member})
	if errors.Is(err, pgx.ErrNoRows) || err == nil && row.Status == Applied {
		return Refusal{}, notFound("This transaction")
	}
	if err != nil {
		return Refusal{}, fmt.Errorf("read result %s: %w", id, err)
	}
	result, err := decodeResult(row.TransactionID, row.Status, row.Version, row.Changed, row.Body)
	if err != nil {
		return Refusal{}, err
	}
	refusal := Refusal{Result: result, Label: row.Label, At: row.At}
	if len(row.Request) > 0 {
		err = json.Unmarshal(row.Request, &refusal.Request)
	}
	return refusal, err
}
