package sync

import (
	"context"
	"fmt"

	"tandem/queries"
)

// secret reads a secret of the program by its name, the same on all nodes and in a backup. It is made when it is first asked for.
func (e *Engine) secret(ctx context.Context, name string, make func() ([]byte, error)) ([]byte, error) {
	fresh, err := make()
	if err != nil {
		return nil, fmt.Errorf("make the secret %s: %w", name, err)
	}
	if err := e.queries.InsertSecretIfNew(ctx, e.pool, queries.InsertSecretIfNewParams{Name: name, Value: fresh}); err != nil {
		return nil, fmt.Errorf("keep the secret %s: %w", name, err)
	}
	value, err := e.queries.GetSecret(ctx, e.pool, name)
	if err != nil {
		return nil, fmt.Errorf("read the secret %s: %w", name, err)
	}
	return value, nil
}
