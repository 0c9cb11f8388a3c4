package views

// Team is a team as links and selects name it.
type Team struct {
	ID      string
	Key     string
	Name    string
	Private bool
}

// Value is the team as the protocol writes it.
func (t Team) Value() string { return ref("team", t.ID) }
