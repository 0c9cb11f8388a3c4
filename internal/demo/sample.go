package demo

import "time"

// Sample is what a newly set-up workspace shows: three issues that teach by being used. They expect the default statuses and
// have no author, which is whoever set the workspace up.
func Sample(team string, now time.Time) []Issue {
	issues := []Issue{
		{Title: "Welcome to Tandem: open me", Description: welcome, Status: "Todo", Priority: 2},
		{Title: "Move me to Done", Description: moveMe, Status: "In Progress", Priority: 3},
		{Title: "Write your own issue", Description: writeOne, Status: "Backlog"},
	}
	for i := range issues {
		issues[i].Team = team
		issues[i].Parent, issues[i].BlockedBy = -1, -1
		issues[i].CreatedAt = now.UTC()
		issues[i].UpdatedAt = now.UTC()
	}
	return issues
}

const welcome = `This is an issue: a title, a text and a few properties beside it.

- [x] open it
- [ ] tick this box
- [ ] press **E** to edit this text, which is [Markdown](https://commonmark.org/help/)
- [ ] write a comment below

Everybody who looks at this page sees the change at once. If the network is gone, keep working: what you write waits and is sent later.

Press **?** for all keyboard shortcuts.`

const moveMe = `Three ways to the same end:

1. press **S** and choose *Done*
2. on the board, drag the card into the column *Done*
3. without any keys, choose *Done* in the properties beside this text

Changed your mind? **Ctrl Z** (**Cmd Z** on a Mac) undoes it.`

const writeOne = "Press **C** anywhere. Type a title, press **Enter** for the text, and **Ctrl Enter** to save.\n\n" +
	"Refer to other issues by their key, mention people with `@`.\n\n" +
	"When you have got the idea, delete these three issues: they have done their work."
