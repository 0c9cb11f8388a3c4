package views

import "time"

// title is what the token was called, or what it is.
func (t AccessToken) title() string {
	if t.Name == "" {
		return "Token without a name"
	}
	return t.Name
}

// note says what it may do and whether it is in use.
func (t AccessToken) note() string {
	may := map[string]string{"read": "reads", "write": "reads and writes"}[t.Scope]
	note := may + ", never used"
	if !t.Used.IsZero() {
		note = may + ", last used " + t.Used.Format(time.DateOnly)
	}
	if !t.Expires.IsZero() {
		note += ", ends " + t.Expires.Format(time.DateOnly)
	}
	return note
}
