package sync

import "tandem/queries"

// revoked stands for a record that went out of a reader's sight: of it they are told the id alone, at the version at
// which they lost it.
func revoked(row queries.ListDeparturesRow) *record {
	return &record{kind: row.Kind, id: row.RecordID, version: row.Version}
}

func (r *record) revoked() bool { return r.fields == nil }
