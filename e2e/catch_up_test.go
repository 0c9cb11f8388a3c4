package e2e

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestListIsRightAfterAGap_S33(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	ann := signedIn(t, demo, "ann")
	in := func(status string) fields { return fields{"status": ann.ref("status WEB/" + status)} }
	stays, _ := ann.makes("WEB", "Heron stays", in("Todo"))
	leaves, _ := ann.makes("WEB", "Heron leaves", in("Todo"))
	moves, _ := ann.makes("WEB", "Heron moves", in("Todo"))
	goes, _ := ann.makes("WEB", "Heron goes", in("Backlog"))
	enters, _ := ann.makes("WEB", "Egret enters", in("Todo"))

	for _, view := range []string{"/acme/team/WEB?text=heron", "/acme/team/WEB?text=heron&view=board"} {
		ben := newMember(t, "ben", demo)
		ben.opens(view)
		ben.sees("the list as it was", "() => row('Heron stays') && row('Heron leaves')")
		ben.stays()
		ann.sets(stays, fields{"priority": 1 + len(view)%4}) // from here on it has what a delta goes on from
		ben.comesTo(ann.seen)

		ben.losesTheLine()
		ann.sets(leaves, fields{"title": "Egret left"})
		ann.sets(enters, fields{"title": "Heron enters"})
		ann.sets(moves, in("Done"))
		ann.push(fields{"op": "delete", "record": goes})
		ann.makes("WEB", "Heron new "+view, in("Todo"))
		ann.push(fields{"op": "move", "record": stays, "set": in("In Progress")})
		ann.push(fields{"op": "move", "record": enters, "set": in("Todo"), "before": moves})

		ben.getsTheLineBack()
		ben.showsWhatIsThere(ann, view)
		ben.sees("nobody who left", "() => !row('Heron leaves') && !row('Heron goes')")
		if !ask[bool](ben.window, "() => performance.getEntriesByType('resource').some(one => one.name.includes('since='))") {
			t.Error("no delta was asked for")
		}
		ben.remained()

		// And back, for the other view.
		ann.sets(leaves, fields{"title": "Heron leaves"})
		ann.sets(enters, fields{"title": "Egret enters"})
		ann.sets(moves, in("Todo"))
		ann.sets(stays, in("Todo"))
		ann.push(fields{"op": "restore", "record": goes})
		ben.showsWhatIsThere(ann, view)
	}
}

// amiss is where a list differs from what the server draws, node for node, but for what scripts leave on them; "" = nowhere.
const amiss = `async () => {
	const region = document.querySelector('[data-list]'), answer = await fetch(region.dataset.src), template = document.createElement('template');
	template.innerHTML = await answer.text();
	const plain = root => root.innerHTML.replace(/ data-htmx-powered="true"| (class|tabindex|draggable)="[^"]*"/g, '').replace(/ hx-[^=]*="[^"]*"/g, '').replace(/>\s+/g, '>').replace(/\s+</g, '<');
	const is = plain(region), be = plain(template.content.firstElementChild), at = [...is].findIndex((c, i) => c !== be[i]);
	return is === be ? '' : is.slice(at - 200, at + 100) + '\n---\n' + be.slice(at - 200, at + 100);
}`

// comesTo waits until the list shows a version, and is what the server draws.
func (p *person) comesTo(version int64) {
	p.t.Helper()
	p.sees("the list to have come on", "version => Number(document.querySelector('[data-list]').dataset.version) >= version && !document.querySelector('[data-stale]')", version)
	if wrong := ask[string](p.window, amiss); wrong != "" {
		p.t.Fatalf("%s has and should have\n%s", p.name, wrong)
	}
}

func TestListFollowsEveryChange_S33(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	ann := signedIn(t, demo, "ann")
	statuses := []string{"Backlog", "Todo", "In Progress", "In Review", "Done"}
	chance := rand.New(rand.NewPCG(33, 33))
	some := func() string { return ann.ref("status OPS/" + statuses[chance.IntN(len(statuses))]) }
	create := func(i int) (string, fields) {
		record := "issue:" + newID()
		return record, fields{"op": "create", "record": record, "set": fields{"team": ann.ref("team OPS"), "title": fmt.Sprintf("Plover %03d", i), "status": some()}}
	}
	var flock []string
	var ops []fields
	for i := range 130 { // more than one window of a group
		record, op := create(i)
		if i < 70 {
			op["set"].(fields)["status"] = ann.ref("status OPS/Todo")
		}
		flock, ops = append(flock, record), append(ops, op)
	}
	ann.push(ops...)
	list, board := newMember(t, "ben", demo), newMember(t, "ben", demo)
	list.opens("/acme/team/OPS?text=plover")
	board.opens("/acme/team/OPS?text=plover&view=board")
	list.stays()
	board.stays()
	steps := 8
	if long {
		steps = 40
	}
	for i := range steps {
		one, other := flock[chance.IntN(len(flock))], flock[chance.IntN(len(flock))]
		switch i % 8 {
		case 0:
			ann.sets(one, fields{"title": fmt.Sprintf("Plover renamed %d", i)})
		case 1, 2:
			ann.push(fields{"op": "move", "record": one, "set": fields{"status": some()}, "before": other})
		case 3:
			record, op := create(1000 + i)
			flock = append(flock, record)
			ann.push(op)
		case 4:
			ann.push(fields{"op": "delete", "record": one})
			flock = slices.DeleteFunc(flock, func(record string) bool { return record == one })
		case 5:
			ann.sets(one, fields{"title": fmt.Sprintf("Gone from the flock %d", i)})
		case 6:
			ann.sets(one, fields{"priority": 1 + i%4, "assignee": ann.ref("member ben")})
		case 7:
			var bulk []fields
			for _, record := range flock[:20] {
				bulk = append(bulk, fields{"op": "move", "record": record, "set": fields{"status": some()}})
			}
			ann.push(bulk...)
		}
		list.comesTo(ann.seen)
		board.comesTo(ann.seen)
	}
	for _, p := range []*person{list, board} {
		p.remained()
		if n := ask[int](p.window, "() => performance.getEntriesByType('resource').filter(one => one.name.includes('since=')).length"); n < steps-4 {
			t.Errorf("%d deltas were asked for", n)
		}
	}
}

func TestRowsOfTwoGroupsStayInBoth_S33(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ann")
	var labels []any
	for _, name := range []string{"teal", "umber"} {
		label := "label:" + newID()
		c.push(fields{"op": "create", "record": label, "set": fields{"name": name, "team": c.ref("team OPS")}})
		labels = append(labels, label)
	}
	c.makes("OPS", "Dyed twice", fields{"labels": labels})
	other, _ := c.makes("OPS", "Dyed once", fields{"labels": labels[:1]})
	ann := newMember(t, "ann", demo)
	ann.opens("/acme/team/OPS?group=label&text=dyed")
	twice := "title => row(title) && all('[data-list] [data-rows] > [data-record]').filter(one => titleOf(one) === 'Dyed twice').map(one => one.closest('[data-group]').querySelector('h2').textContent.trim()).join() === 'teal,umber'"
	for _, title := range []string{"Dyed once", "Dyed once more", "Dyed for good"} {
		if title != "Dyed once" {
			c.sets(other, fields{"title": title})
		}
		ann.sees("both rows beside "+title, twice, title)
	}
}
