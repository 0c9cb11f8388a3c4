package demo

import "slices"

// DefaultStatuses is the workflow of a new team.
func DefaultStatuses() []Status {
	return []Status{
		{"Backlog", "backlog", "#7a7f89"},
		{"Todo", "unstarted", "#686d76"},
		{"In Progress", "started", "#b87a0e"},
		{"In Review", "started", "#2f8f4e"},
		{"Done", "completed", "#5b5bd6"},
		{"Canceled", "canceled", "#8b909a"},
	}
}

func teams() []Team {
	triage := Status{"Triage", "triage", "#c2571a"}
	return []Team{
		{
			Key: "ENG", Name: "Engineering", Timezone: "Europe/Berlin",
			Members:  []string{"ann", "ben", "dana", "eli", "fay", "gus", "hana"},
			Statuses: before("Backlog", triage),
		}, {
			Key: "WEB", Name: "Website", Timezone: "Europe/Lisbon", Cycle: 2,
			Members:  []string{"ann", "ben", "cleo", "fay", "hana", "noor"},
			Statuses: before("In Progress", Status{"In Design", "started", "#c04a8a"}, Status{"Writing", "started", "#2a7fb8"}),
		}, {
			Key: "OPS", Name: "Operations", Timezone: "America/New_York",
			Members:  []string{"ann", "ben", "eli", "gus", "ivo"},
			Statuses: before("In Review", Status{"Blocked", "started", "#c93a3a"}),
		}, {
			Key: "SEC", Name: "Security", Timezone: "Europe/Berlin", Private: true, Triage: true,
			Members:  []string{"ann", "gus", "ivo", "noor"},
			Statuses: before("Backlog", triage),
		},
	}
}

// before is the default workflow with more statuses in front of the named one.
func before(name string, more ...Status) []Status {
	all := DefaultStatuses()
	at := slices.IndexFunc(all, func(s Status) bool { return s.Name == name })
	return slices.Insert(all, at, more...)
}
