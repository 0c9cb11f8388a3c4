package e2e

import "testing"

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
