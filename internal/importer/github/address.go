package github

import "strings"

// address is what the URL of an issue tells about it.
type address struct {
	repo string // "owner/repo", with the host in front unless it is GitHub's own; "" if the URL is of something else
	pull bool
}

// parseAddress reads a page's URL or that of the API. It starts at the end, for "issues" and "pull" may be names of
// repositories and owners too.
func parseAddress(url string) address {
	_, rest, _ := strings.Cut(strings.ReplaceAll(url, "\x00", ""), "://")
	parts := strings.Split(rest, "/")
	for i := len(parts) - 2; i > 2; i-- {
		switch parts[i] {
		case "issues":
			return address{repo: repoOn(parts[0], parts[i-2:i])}
		case "pull", "pulls":
			return address{repo: repoOn(parts[0], parts[i-2:i]), pull: true}
		}
	}
	return address{}
}

func repoOn(host string, path []string) string {
	repo := strings.Join(path, "/")
	if host == "github.com" || host == "api.github.com" {
		return repo
	}
	return host + "/" + repo
}
