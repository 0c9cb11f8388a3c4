package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// SignIn opens a session as a browser does and returns the header that carries it. Programs do better with a bearer
// token, which Bearer carries.
func SignIn(ctx context.Context, with *http.Client, server, email, password string) (http.Header, error) {
	form := url.Values{"email": {email}, "password": {password}}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(server, "/")+"/sign-in", strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := withoutRedirects(with).Do(request)
	if err != nil {
		return nil, fmt.Errorf("sign in: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusSeeOther {
		return nil, fmt.Errorf("sign in as %s: %s", email, response.Status)
	}
	for _, cookie := range response.Cookies() {
		if strings.HasSuffix(cookie.Name, "tandem") && cookie.Value != "" {
			return http.Header{"Cookie": {cookie.Name + "=" + cookie.Value}}, nil
		}
	}
	return nil, errors.New("sign in: the answer brought no session")
}

// Bearer is the header that carries a token of `tandem token create`.
func Bearer(token string) http.Header { return http.Header{"Authorization": {"Bearer " + token}} }
