package queries

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// EachFold is ListFold one row at a time, however long the log is. An error of each ends it.
func (q *Queries) EachFold(ctx context.Context, db DBTX, workspace uuid.UUID, each func(ListFoldRow) error) error {
	rows, err := db.Query(ctx, listFold, workspace)
	if err != nil {
		return fmt.Errorf("query ListFold: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		row, err := pgx.RowToStructByPos[ListFoldRow](rows)
		if err == nil {
			err = each(row)
		}
		if err != nil {
			return err
		}
	}
	return rows.Err()
}
