// Package client is a whole client of Tandem's protocol, small enough to read: it speaks HTTP and knows nothing else of
// the program. docs/protocol.md says what the words mean; here they are at work.
//
// A Client is one device. It keeps three things:
//
//   - an outbox: transactions in the order in which they were made. One push is under way at a time; it is sent again
//     under the same ids until each of its transactions has a result. Only a result ends a transaction. (outbox.go, drain.go)
//   - a replica: every record that its member may see, exactly as it is at one version. Pull brings it forward, page by
//     page, and it takes a step only when the last page has come. (replica.go, pull.go)
//   - a stream that says when there is something to pull. (events.go)
//
// What it can lose is nothing: keep Unsent over a restart and give it back as Options.Outbox under the same ID. What was
// done already is answered from the server's store then, and not done again.
//
// Servers may name several nodes of one installation: whichever answers will do, since all of them read and write one log.
package client
