// Package views draws pages and fragments. It takes plain view models, each on top of the template that draws it, and
// imports nothing of ours, asks no clock and cannot fail.
//
// Every URL is made in paths.go and query.go, every element id in dom_ids.go. A live region is a component of its page
// and is drawn alone as the page's fragment; it holds nothing of its viewer, so a fragment's model leaves TX empty.
// docs/dom.md is what templates and scripts agree on.
package views
