// Package demo holds the content of the throwaway workspace that `tandem demo` serves, and what a new workspace starts with.
//
// The content is the same at every start: nothing in it is random, and every time in it is relative to the moment that the
// caller gives. The issues are written by hand in content/*.md, one file or more for each team (parse.go has the format); the
// times, the changes that led to the present state and a few short comments are worked out from them.
//
// The package knows nothing of the rest of the program: people, teams, statuses and labels are named by handle, key and name.
package demo
