package sync

import "github.com/google/uuid"

// needs are what a group's operations name: all that must be read before they can be applied.
type needs struct {
	transactions, clients    []uuid.UUID
	issues, comments, shares []uuid.UUID
	relations, displays      []uuid.UUID
	relating                 []uuid.UUID // issues that get a relation: those that they have
	projects                 []uuid.UUID // that are written to: the vocabulary has them without their descriptions
	favourites               []uuid.UUID // with those beside them
	favouring                []uuid.UUID // members who make a favourite: those that they have
	attachments, files       []uuid.UUID // files: that new attachments name
	anchors                  []uuid.UUID // neighbours of moves
	movers                   []uuid.UUID // moved issues: the ends of their teams
	teams                    []uuid.UUID // of new issues
	numbers                  []int64     // that imported issues wish for
	parents                  []uuid.UUID
	undone                   []uuid.UUID
	members                  []uuid.UUID // who acts: only one's own is undone
	values                   []valueKey
	references               []reference // that something must stand behind
	author                   *job        // of the operations that are being looked at
	refused                  []uuid.UUID // that nothing stands behind which its author sees: perhaps the making was refused
	places                   []uuid.UUID // issues whose earlier ranks undos would give back
	placeTeams               []uuid.UUID // the team that each had its rank in; the zero id for the one it is in
	ranks                    []string    // those ranks
	transfers                []uuid.UUID // issues that change team
	ended                    []uuid.UUID // cycles whose unfinished issues go on
}

// reference is a record that an operation names.
type reference struct {
	ref    Ref
	author *job
}

func needsOf(jobs []*job) *needs {
	n := &needs{}
	for _, job := range jobs {
		n.transactions = append(n.transactions, job.transaction.ID)
		n.members = append(n.members, job.actor.Member)
		n.author = job
		for _, op := range job.transaction.Ops {
			n.operation(op)
		}
	}
	return n
}

func (n *needs) operation(op Operation) {
	if op.Op == Create || op.Op == Bring {
		n.record(op.Record) // that it is not there yet says nothing
	} else {
		n.reference(op.Record)
		n.written(op.Record)
	}
	n.reference(Ref(op.Value))
	for _, ref := range []Ref{op.After, op.Before} {
		if id := ref.ID(); id != uuid.Nil {
			n.anchors = append(n.anchors, id)
			n.reference(ref)
		}
	}
	n.fieldReferences(op)
	n.transferOf(op)
	switch op.Op {
	case Create, Bring:
		n.newIssue(op)
		n.newRelation(op)
		n.newFavourite(op)
		n.newAttachment(op)
	case Move:
		n.movers = append(n.movers, op.Record.ID())
	case Advance:
		if ended := Ref(op.Value).ID(); ended != uuid.Nil {
			n.ended = append(n.ended, ended)
		}
	case Undo:
		n.undone = append(n.undone, op.Transaction)
	case Text:
		kind, _, _ := op.Record.Parse()
		noun := nounOf(kind)
		if noun == nil || op.From != nil || op.Base == nil {
			return
		}
		if field, known := fieldOf(noun, op.Field); known && field.policy == merged {
			n.values = append(n.values, valueKey{op.Record.ID(), op.Field, *op.Base})
		}
	}
}

func (n *needs) fieldReferences(op Operation) {
	for name, raw := range op.Set {
		if set, wrong := stringsOf(raw); wrong == "" {
			for _, member := range set {
				n.reference(Ref(member))
			}
		}
		s, _ := raw.(string)
		kind, id, ok := Ref(s).Parse()
		if !ok {
			continue
		}
		n.reference(Ref(s))
		if name == "parent" && kind == "issue" {
			n.parents = append(n.parents, id)
		}
	}
}

func (n *needs) newIssue(op Operation) {
	if kind, _, _ := op.Record.Parse(); kind != "issue" {
		return
	}
	if team, ok := op.Set["team"].(string); ok {
		n.teams = append(n.teams, Ref(team).ID())
	}
	if number, ok := wholeNumber(op.Set["number"]); ok {
		n.numbers = append(n.numbers, number)
	}
}

func (n *needs) newRelation(op Operation) {
	if kind, _, _ := op.Record.Parse(); kind != "relation" {
		return
	}
	if issue, ok := op.Set["issue"].(string); ok {
		n.relating = append(n.relating, Ref(issue).ID())
	}
}

// newFavourite asks for those that their owner has already: an import names the owner, else it is who acts.
func (n *needs) newFavourite(op Operation) {
	if kind, _, _ := op.Record.Parse(); kind != "favourite" {
		return
	}
	owner, named := op.Set["member"].(string)
	if !named {
		owner = string(NewRef("member", n.author.actor.Member))
	}
	n.favouring = append(n.favouring, Ref(owner).ID())
}

func (n *needs) newAttachment(op Operation) {
	if op.Record.kind() != "attachment" {
		return
	}
	if file, wrong := fileID().read(op.Set["file"]); wrong == "" {
		n.files = append(n.files, uuid.MustParse(text(file)))
	}
}

// undo asks for what reversing a change needs: the record, what it referred to before, and the place it had.
func (n *needs) undo(change loggedChange) {
	n.reference(change.Ref)
	n.written(change.Ref)
	n.fieldReferences(Operation{Set: change.Before})
	if rank, moved := change.Before["rank"].(string); moved {
		n.places = append(n.places, change.Ref.ID())
		n.placeTeams = append(n.placeTeams, refID(change.Before["team"]))
		n.ranks = append(n.ranks, rank)
	}
	n.transfer(change.Ref, change.Before["team"])
}

func (n *needs) reference(ref Ref) {
	if _, _, ok := ref.Parse(); ok {
		n.references = append(n.references, reference{ref, n.author})
		n.record(ref)
	}
}

// written asks for what only a write needs of a record that names are kept of.
func (n *needs) written(ref Ref) {
	if kind, id, _ := ref.Parse(); kind == "project" {
		n.projects = append(n.projects, id)
	}
}

// record asks for a record, whether or not one must be there.
func (n *needs) record(ref Ref) {
	kind, id, _ := ref.Parse()
	switch kind {
	case "issue":
		n.issues = append(n.issues, id)
	case "comment":
		n.comments = append(n.comments, id)
	case "share":
		n.shares = append(n.shares, id)
	case "relation":
		n.relations = append(n.relations, id)
	case "display":
		n.displays = append(n.displays, id)
	case "attachment":
		n.attachments = append(n.attachments, id)
	case "favourite":
		n.favourites = append(n.favourites, id)
	}
}
