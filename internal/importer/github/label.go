package github

import (
	"strings"

	"tandem/internal/importer"
)

// defineLabels takes the list at the head of an archive.
func (p *parser) defineLabels(labels []label) {
	p.labelsOf(labels)
}

// labelsOf completes labels of which only the name is given by what the file said of them before. A label without a name is
// passed over; one that is there twice counts once.
func (p *parser) labelsOf(labels []label) []importer.Label {
	var list []importer.Label
	seen := map[string]bool{}
	for _, l := range labels {
		name := p.tidy(l.Name)
		if strings.TrimSpace(name) == "" || seen[name] {
			continue
		}
		seen[name] = true
		list = append(list, p.define(name, l))
	}
	return list
}

func (p *parser) define(name string, l label) importer.Label {
	known, _ := p.labels.at(name)
	known.Name = name
	if color, ok := hexColor(l.Color); ok && (known.Color == "" || known.Color == importer.Grey) {
		known.Color = color
	}
	if known.Color == "" {
		known.Color = importer.Grey
	}
	if known.Description == "" {
		known.Description = p.tidy(l.Description)
	}
	return *known
}

// hexColor accepts three or six hexadecimal digits, with or without the hash.
func hexColor(text string) (string, bool) {
	digits := strings.ToLower(strings.TrimPrefix(strings.TrimSpace(text), "#"))
	if strings.Trim(digits, "0123456789abcdef") != "" {
		return "", false
	}
	switch len(digits) {
	case 3:
		return "#" + digits[:1] + digits[:1] + digits[1:2] + digits[1:2] + digits[2:] + digits[2:], true
	case 6:
		return "#" + digits, true
	}
	return "", false
}
