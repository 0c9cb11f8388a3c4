package nemesis

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"tandem/sync"
)

// The shape of a round's workspace.
const (
	issues    = 30 // that everybody works on
	groupSize = 10 // issues of the team GRP, whose titles only atomic transactions change, all at once
)

// world is a round's workspace: teams ENG and GRP for all, SEC for the admin alone.
type world struct {
	id            uuid.UUID
	slug          string
	eng, grp, sec string
	statuses      []string
	labels        []string
	members       []string // of the actors
	issues        []string
	group         []string
	secret, mark  string // an issue of SEC; an issue of ENG that only the admin touches
}

var workflow = []sync.StarterStatus{{Name: "Todo", Category: "unstarted", Color: "#888888"}, {Name: "Doing", Category: "started", Color: "#ddaa00"},
	{Name: "Done", Category: "completed", Color: "#5555ff"}}

// furnish makes a workspace of which every record stands in the log.
func (s *stage) furnish(ctx context.Context) (*world, error) {
	w := &world{slug: "r" + uuid.NewString()[:13]}
	err := s.withEngine(ctx, func(engine *sync.Engine) error {
		var err error
		if w.id, err = engine.CreateWorkspace(ctx, w.slug, "Round"); err != nil {
			return err
		}
		for i := range s.people {
			role := sync.Member
			if i == actors {
				role = sync.Admin
			}
			actor, err := engine.AddMember(ctx, w.id, s.people[i].Person, role)
			if err != nil {
				return err
			}
			w.members = append(w.members, string(sync.NewRef("member", actor.Member)))
		}
		return w.fill(ctx, engine)
	})
	return w, err
}

func (w *world) fill(ctx context.Context, engine *sync.Engine) error {
	admin := w.members[actors]
	var ops []sync.Operation
	for _, one := range []struct {
		key string
		ref *string
	}{{"ENG", &w.eng}, {"GRP", &w.grp}, {"SEC", &w.sec}} {
		id := uuid.New()
		*one.ref = string(sync.NewRef("team", id))
		set := map[string]any{"key": one.key, "name": one.key, "private": one.key == "SEC"}
		if one.key == "SEC" {
			set["members"] = []string{admin}
		}
		ops = append(ops, sync.Operation{Op: sync.Create, Record: sync.Ref(*one.ref), Set: set})
		ops = append(ops, sync.StarterOps(w.id, id, sync.Starter{Statuses: workflow})...)
	}
	_, eng, _ := sync.Ref(w.eng).Parse()
	for _, status := range workflow {
		w.statuses = append(w.statuses, string(sync.NewRef("status", sync.StatusID(eng, status.Name))))
	}
	for i := range 4 {
		group := ""
		if i > 1 {
			group = "either"
		}
		w.labels = append(w.labels, mint("label"))
		ops = append(ops, create(w.labels[i], map[string]any{"name": fmt.Sprintf("label %d", i), "group": group}))
	}
	for i := range issues {
		w.issues = append(w.issues, mint("issue"))
		ops = append(ops, create(w.issues[i], map[string]any{"team": w.eng, "title": fmt.Sprintf("issue %d", i), "description": paragraphs("start")}))
	}
	for i := range groupSize {
		w.group = append(w.group, mint("issue"))
		ops = append(ops, create(w.group[i], map[string]any{"team": w.grp, "title": "token none"}))
	}
	w.secret, w.mark = mint("issue"), mint("issue")
	ops = append(ops, create(w.secret, map[string]any{"team": w.sec, "title": "secret"}), create(w.mark, map[string]any{"team": w.eng, "title": "mark"}))
	actor, client := sync.Program(w.id)
	results, err := engine.Import(ctx, actor, client, []sync.Transaction{{ID: uuid.New(), Ops: ops}})
	if err == nil {
		err = results[0].Err()
	}
	return err
}

func create(ref string, set map[string]any) sync.Operation {
	return sync.Operation{Op: sync.Create, Record: sync.Ref(ref), Set: set}
}

func mint(kind string) string { return kind + ":" + uuid.Must(uuid.NewV7()).String() }

// paragraphs are a text with room for several people.
func paragraphs(word string) string {
	text := ""
	for i := range 8 {
		text += fmt.Sprintf("Line %d says %s.\n\n", i, word)
	}
	return text
}
