// Package sync is Tandem's engine: every read and write of a workspace goes through it.
//
// # What is promised
//
// Order. Each workspace has one counter, V: the position in its change log. A transaction that changes anything takes
// the next V, and each record that it touched bears it as its version. A writer locks the workspace before it reads
// anything, so commits happen in the order of V, without gaps: a reader at V holds exactly the effects up to V.
//
// Atomicity. A transaction happens whole or not at all. Transactions that wait are committed in groups, but each is
// worked out by itself on a working copy, and a refused one leaves no trace there.
//
// Idempotency. What a transaction was answered, a refusal too, is stored in the same commit as its effect, under the
// ids of client and transaction. Sent again it is answered from there and not done again.
//
// Nobody is overwritten in silence. Scalar fields meet others' edits as meet.go says, long texts are merged by lines
// and words, sets commute, moves are relative to the neighbours as they are. What cannot merge is a conflict that
// names base, mine and theirs, and nothing of the transaction is applied.
//
// Rights. What a reader may not see is answered exactly like what is absent. Rights are those of the V that is read,
// and hang on the team alone, or on both teams where a record joins two issues; a change of rights reaches a stream before
// any key of a later V.
//
// Delivery. A subscription tells which records and topics became stale, in the order of V, at least once, coalesced
// and in bounded memory. It never carries content. A lost hint between nodes costs a second, never a change.
//
// Undo. One's own steps of the last day can be taken back, from any client of one's own, under the rights of now: each
// record goes back by itself or is named, and a step goes back whole unless a part of it is asked for.
//
// Being told. What the log holds that concerns a member is in their inbox when they read it, each transaction once, never
// their own doing, and never of what they do not see: neither when the log was followed nor when it is read.
//
// # What is not promised
//
// That V tells what happened: that it rises shows a member that something was written somewhere in the workspace.
// That a transaction which is sent again after its result was cut, with --retention, is known to be done.
// That a failed answer means a failed write: after an error of the server the same transaction must be sent again.
//
// # Where things are
//
//	push.go committer.go     a transaction waits, with others, for its group
//	apply.go needs.go load.go write.go the one database transaction of a group
//	recent.go                what is known from the group before, which saves reading
//	run.go meet.go merge.go move.go undo.go   what operations do
//	undo_step.go             which of one's own steps can be undone and redone
//	world.go work.go         the working copy of a group, and of one transaction
//	transfer.go transfer_*.go revoke.go       issues that change team, and from whose sight they go
//	noun.go and issue.go, comment.go, …       each kind: its fields, their policies, its rules and rights
//	text_history.go diff.go  what a long text was over time, and what became of one
//	reaction.go              what is each member's own of a record, and no edit of it
//	access.go vocabulary.go  who may do what; names kept in memory
//	read.go and issue_list.go, issue_count.go, issue_page.go, conceal.go, family.go, search.go, excerpt.go, respell.go, sidebar.go, pack.go,
//	pull.go   reads, each true at one V
//	hub.go bulletin.go renewal.go subscription.go mailbox.go stale_keys.go  what became stale, to this node's readers
//	bus.go nats_bus.go hints.go   that something did, to other nodes
//	issue_time.go triage.go  when work began and ended; what waits until a team takes it, and what of that sleeps
//	inbox.go inbox_follow.go news.go mention.go  who is told of what, found behind the log; whom texts name
//	inbox_due.go             that something is due soon, by the clock
//	dispatch.go mail.go browser.go preference.go  what of it goes out, by e-mail and to browsers, and when; what each member wishes
//	template.go what new issues may start from
//	attachment.go file.go    files on issues: a kind; their contents, kept beside the log
//	import_run.go            tables to import, and how far their imports are
//	share.go share_page.go share_view.go  what strangers are shown: a kind; as they see it; how often they looked
//	archive.go archive_read.go bring.go  a whole workspace as somebody takes it away, and how it comes back
//	favourite.go what a member keeps at hand, theirs alone
//	presence.go presence_word.go  who looks at an issue and who types, kept nowhere
//	cycle.go cycle_plan.go cycle_worker.go       cycles: a kind; made ahead of time; begun and ended as days pass
//	retention.go integrity.go fold.go  cuts the log; holds it against the tables
//	session.go passkey.go passkey_challenge.go token.go people.go set_up.go invite.go  accounts, sign-in, passkeys, access tokens, the first start, invites
package sync
