// Package postgres runs a private PostgreSQL server for one data folder, so that the program needs no server set up by hand.
//
// What it guarantees:
//   - One owner. A data folder belongs to one Server at a time; a second Start is refused with a *LockedError.
//   - No orphan. When the program ends, even by kill -9, the server shuts itself down, and the next Start waits until it has.
//   - No loss. An existing cluster is never wiped, re-initialised or upgraded. A new one is made aside and renamed into place, so an
//     interrupted first run leaves nothing half-done.
//   - No port, no password. The server listens on a socket in a folder that only its user may enter.
//
// In the data folder:
//
//	postgres/            the cluster, owned by the user who runs the server
//	binaries/<version>/  PostgreSQL itself, if it had to be downloaded
//	postgres.lock        locked by the owner of the folder, for as long as it lives
//	postgres.alive.lock  locked by the server's processes, for as long as one of them lives
//	postgres.url         how another command reaches the running server; see Running
//
// PostgreSQL refuses to run as root. A root program starts it as another user, who needs a way into the data folder: see account.
//
// server.go tells the story; each step has a file of its own.
package postgres
