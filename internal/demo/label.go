package demo

// DefaultLabels is what a new workspace starts with.
func DefaultLabels() []Label {
	return []Label{
		{Name: "bug", Color: "#d64545"},
		{Name: "feature", Color: "#7a5af5"},
		{Name: "docs", Color: "#2f7fd1"},
	}
}

func labels() []Label {
	return append(DefaultLabels(),
		Label{Name: "performance", Color: "#d98a00"},
		Label{Name: "security", Color: "#b3261e"},
		Label{Name: "design", Color: "#d14b8f"},
		Label{Name: "a11y", Color: "#0f8b8d"},
		Label{Name: "backend", Color: "#4b6bdc", Group: "area"},
		Label{Name: "frontend", Color: "#1f9d6b", Group: "area"},
		Label{Name: "infra", Color: "#8a6d3b", Group: "area"},
		Label{Name: "tech-debt", Color: "#7d8590", Team: "ENG"},
		Label{Name: "flaky-test", Color: "#c98a1b", Team: "ENG"},
		Label{Name: "content", Color: "#3d8fb5", Team: "WEB"},
		Label{Name: "seo", Color: "#6f9a2c", Team: "WEB"},
		Label{Name: "i18n", Color: "#a25ac4", Team: "WEB"},
		Label{Name: "on-call", Color: "#e0662f", Team: "OPS"},
		Label{Name: "cost", Color: "#4f8f4f", Team: "OPS"},
		Label{Name: "compliance", Color: "#5f6b7a", Team: "SEC"},
	)
}
