package nemesis

import (
	"context"
	"fmt"
	"html"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"time"

	"tandem/internal/client"
)

// admin is the one whom no fault of the lines meets: they write where nobody else can see it, and set the mark at the end.
type admin struct {
	*client.Client
	round   *round
	results chan client.Result
	stop    func()
}

func (r *round) newAdmin(ctx context.Context) *admin {
	a := &admin{round: r, results: make(chan client.Result, 1000)}
	a.Client = client.New(client.Options{Servers: r.straight(), Workspace: r.world.slug, Header: r.people[actors].header,
		Patience: patience, Retry: client.Retry{First: 10 * time.Millisecond, Most: 250 * time.Millisecond},
		Hooks: client.Hooks{Result: func(_ client.Transaction, result client.Result) { a.results <- result }}})
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		a.Run(ctx)
	}()
	a.stop = func() {
		cancel()
		<-done
	}
	return a
}

// straight are the nodes without the lines.
func (r *round) straight() []string {
	return []string{"http://" + r.nodes[0].addr, "http://" + r.nodes[1].addr}
}

// work changes the hidden issue until ctx ends: the version rises, and nobody else may learn why.
func (a *admin) work(ctx context.Context) {
	for n := 0; ctx.Err() == nil; n++ {
		wait, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
		_, _ = a.set(wait, a.round.world.secret, fmt.Sprintf("secret %d", n)) // lost ones come with the mark
		<-wait.Done()
		cancel()
	}
}

// set writes a title and returns the version at which it was applied; results of earlier ones are passed over.
func (a *admin) set(ctx context.Context, ref, title string) (int64, error) {
	ctx, cancel := context.WithTimeout(ctx, a.round.patience)
	defer cancel()
	record, _ := a.Record(ref)
	id := a.Send("", client.Operation{Op: "set", Record: ref, Base: &record.Version, Set: map[string]any{"title": title}})
	for {
		select {
		case <-ctx.Done():
			return 0, fmt.Errorf("the admin's transaction %s has no result: %w", id, ctx.Err())
		case result := <-a.results:
			if result.ID == id && result.Status != client.Applied {
				return 0, fmt.Errorf("the admin's transaction was answered %s %+v", result.Status, result.Error)
			}
			if result.ID == id {
				return result.Version, nil
			}
		}
	}
}

var shownTitle = regexp.MustCompile(`data-field="title"[^>]*>([^<]*)<`)

// watchFragments reads the list of the group, as a browser does: whole or not at all, and never an older one. (S81, S82)
func (r *round) watchFragments(ctx context.Context) {
	web := &http.Client{Timeout: time.Second, Transport: &http.Transport{}}
	defer web.CloseIdleConnections()
	last, tag := int64(0), ""
	for i := 0; ctx.Err() == nil; i++ {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, r.straight()[i/3%2]+"/"+r.world.slug+"/f/team/GRP", nil)
		if err != nil {
			r.log.fail(nil, "ask for the fragment: %v", err)
			return
		}
		request.Header = r.people[actors].header.Clone()
		if tag != "" && i%2 == 0 {
			request.Header.Set("If-None-Match", tag)
		}
		if response, err := web.Do(request); err == nil {
			last = r.judgeFragment(response, last)
			tag = response.Header.Get("ETag")
		}
		select {
		case <-ctx.Done():
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func (r *round) judgeFragment(response *http.Response, last int64) int64 {
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode >= 500 {
		return last
	}
	version, _ := strconv.ParseInt(response.Header.Get("Tandem-Version"), 10, 64)
	if version < last || response.StatusCode != http.StatusOK && response.StatusCode != http.StatusNotModified {
		r.log.fail(nil, "the fragment was answered %s at %d after %d", response.Status, version, last)
	}
	if response.StatusCode != http.StatusOK {
		return version
	}
	titles := map[string]any{}
	for i, match := range shownTitle.FindAllStringSubmatch(string(body), -1) {
		titles[strconv.Itoa(i)] = html.UnescapeString(match[1])
	}
	if err := wholeGroup(titles); err != nil {
		r.log.fail(r.world.group[:1], "the fragment at %d: %v", version, err)
	}
	r.fragments++
	return version
}
