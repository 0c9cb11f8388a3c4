package main

import (
	"strings"

	"github.com/google/uuid"

	"tandem/internal/importer"
	"tandem/queries"
	"tandem/sync"
)

// cast is everybody in a workspace, as an import looks for them.
type cast struct {
	byID     map[uuid.UUID]queries.ListMembersRow
	byHandle map[string]queries.ListMembersRow
	byEmail  map[string]queries.ListMembersRow
	byName   map[string]queries.ListMembersRow // in small letters; of several the first
	taken    map[string]bool                   // handles
	next     map[string]int                    // of a handle that is taken, the number to try next
}

func newCast(rows []queries.ListMembersRow) *cast {
	c := &cast{byID: map[uuid.UUID]queries.ListMembersRow{}, byHandle: map[string]queries.ListMembersRow{},
		byEmail: map[string]queries.ListMembersRow{}, byName: map[string]queries.ListMembersRow{}, taken: map[string]bool{}, next: map[string]int{}}
	for _, row := range rows {
		c.byID[row.ID] = row
		if row.DeletedAt != nil {
			continue
		}
		c.byHandle[row.Handle] = row
		if _, same := c.byName[strings.ToLower(row.Name)]; !same {
			c.byName[strings.ToLower(row.Name)] = row
		}
		c.taken[row.Handle] = true
		if row.Email != "" {
			c.byEmail[strings.ToLower(row.Email)] = row
		}
	}
	return c
}

// find looks for the placeholder of an earlier import, then for somebody with the same address or handle, or the same name where that is
// all that is known.
func (c *cast) find(id uuid.UUID, person importer.Person) (queries.ListMembersRow, bool) {
	if row, known := c.byID[id]; known {
		return row, true
	}
	if row, known := c.byEmail[strings.ToLower(person.Email)]; known {
		return row, true
	}
	row, known := c.byHandle[strings.ToLower(person.Login)]
	if !known && person.Named && person.Email == "" {
		row, known = c.byName[strings.ToLower(person.Name)]
	}
	return row, known
}

// placeholder is a member for somebody who has not come yet.
func (c *cast) placeholder(id uuid.UUID, person importer.Person) queries.ListMembersRow {
	const longestName = 120
	name := oneLineOf(person.Name, longestName)
	if name == "" {
		name = oneLineOf(person.Login, longestName)
	}
	wish := sync.HandleOf(person.Login)
	var handle string
	handle, c.next[wish] = sync.NextHandle(wish, max(1, c.next[wish]), c.taken)
	c.taken[handle] = true
	return queries.ListMembersRow{ID: id, Name: name, Handle: handle, Email: person.Email, Role: sync.Member, Placeholder: true}
}
