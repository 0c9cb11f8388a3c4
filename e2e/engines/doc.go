// Package engines runs the journeys of package e2e in Firefox and in WebKit, by WebDriver:
//
//	apt-get install firefox-esr webkit2gtk-driver xvfb
//	go test -tags engines ./e2e/engines                    both
//	go test -tags engines ./e2e/engines -engine webkit -v  one, with what it took
//
// It is behind a build tag, since Chromium is the engine that CI runs; an engine that is not there is a failure, not a
// skip. docs/browsers.md says what differs between them.
//
// journey_test.go tells the stories; person_test.go is what people do, window_test.go what they do it with;
// engine_test.go starts a browser, and wire_test.go is how it is told what to do; program_test.go runs and kills ours.
package engines
