// Package e2e drives the built program with a real browser: two people in two windows, lines that are cut, a server that
// is killed. It imports nothing of ours and knows the program by its promises alone: URLs, the protocol, and the data-*
// attributes of the page.
//
// Each journey reads as a story; the numbers in their names are those of the scenarios that they cover. main_test.go
// builds the program once; program_test.go runs and kills it; line_test.go is the wire between one person and the
// server, which can be cut; browser_test.go finds and starts Chromium; window_test.go is one tab; person_test.go is what
// people do in it; files with the build tag long hold journeys that take too long for every run; client_test.go speaks the protocol and drives plain forms without a browser.
package e2e
