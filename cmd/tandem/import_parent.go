package main

import (
	"context"
	"maps"
	"slices"

	"github.com/google/uuid"

	"tandem/internal/importer"
	"tandem/sync"
)

// writeParents puts issues below others once all are there. What has been put elsewhere since an earlier import stays there.
func (b *batch) writeParents(ctx context.Context) error {
	for some := range slices.Chunk(slices.Sorted(maps.Keys(b.survey.plans.parents)), importGroupSize) {
		if err := b.step(ctx, 0, nil); err != nil {
			return err
		}
		if err := b.writeSomeParents(ctx, some); err != nil {
			return err
		}
	}
	return nil
}

func (b *batch) writeSomeParents(ctx context.Context, ids []string) error {
	children := make([]importer.Issue, len(ids))
	for at, id := range ids {
		children[at] = b.survey.plans.parents[id]
	}
	found, err := b.find(ctx, children)
	if err != nil {
		return err
	}
	var transactions []sync.Transaction
	var sent []string
	for _, child := range children {
		if op, wanted := b.parentOp(child, found); wanted {
			transactions, sent = append(transactions, transaction([]sync.Operation{op})), append(sent, child.SourceID)
		}
	}
	results, err := b.send(ctx, transactions)
	if err != nil {
		return err
	}
	for at, result := range results {
		if refused := result.Err(); refused != nil && result.Status != sync.InConflict {
			b.lose("the parent of "+sent[at], readable(refused))
		}
	}
	return nil
}

// parentOp is not wanted where the child is not there, or lies below its parent already. One whose parent somebody else has chosen since
// it was made is a conflict, but for what was restored just now.
func (b *batch) parentOp(child importer.Issue, found inPlace) (op sync.Operation, wanted bool) {
	ref, parent := b.target.issueRef(child), b.target.issueRef(importer.Issue{SourceID: child.Planned.Parent})
	row := found.issues[ref]
	if !found.live(ref) || row.ParentID != nil && *row.ParentID == parent.ID() {
		return op, false
	}
	base := int64(0)
	if b.restored[ref] {
		base = row.Version
	}
	op = sync.Operation{Op: sync.Set, Record: ref, Base: &base, Set: map[string]any{"parent": string(parent)}}
	return op.By(uuid.Nil, timeOr(child.UpdatedAt, child.CreatedAt)), true
}
