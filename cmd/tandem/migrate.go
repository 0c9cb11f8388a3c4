package main

import "context"

// run migrates, as opening a database always does.
func (migrateCmd) run(ctx context.Context, p *program) error {
	db, err := sharedDatabase(ctx, p)
	if err != nil {
		return err
	}
	db.close(p)
	p.logger.InfoContext(ctx, "the database has this build's schema")
	return nil
}
