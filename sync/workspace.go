package sync

import (
	"github.com/google/uuid"

	"tandem/queries"
)

type workspaceNoun struct{}

var workspaceFields = []field{{"name", "name", scalar, line(80)}}

func (workspaceNoun) name() string            { return "workspace" }
func (workspaceNoun) fields() []field         { return workspaceFields }
func (workspaceNoun) team(*record) uuid.UUID  { return uuid.Nil }
func (workspaceNoun) issue(*record) uuid.UUID { return uuid.Nil }
func (workspaceNoun) topics(*record) []string { return []string{topicVocabulary} }
func (workspaceNoun) complete(*work, *record) error {
	return invalid("record", "A workspace is made by setting it up.")
}

func (workspaceNoun) check(_ *work, _, after *record) error {
	if after.deleted() {
		return invalid("record", "A workspace cannot be put into the trash.")
	}
	return nil
}

func (workspaceNoun) allow(who rights, _, _ *record) error {
	if !who.admin() {
		return forbidden("Only an admin may change the workspace.")
	}
	return nil
}

func workspaceRecord(row queries.GetWorkspaceRow) *record {
	return stored("workspace", row.ID, row.Version, row.Stamps, row.CreatedAt, row.UpdatedAt, nil, map[string]value{"name": row.Name})
}
