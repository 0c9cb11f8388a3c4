package github

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// lines reads a value from each line.
func (p *parser) lines(in *input) error {
	for p.line = 1; ; p.line++ {
		line, err := in.line()
		if errors.Is(err, errTooLarge) {
			p.item++
			p.lose("", err.Error())
			continue
		}
		if len(line) > 0 {
			if failed := p.value(line, false); failed != nil {
				return failed
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// values reads arrays or objects that follow one another, with any white space between. Several arrays are what
// "gh api --paginate" prints.
func (p *parser) values(in *input) error {
	d := json.NewDecoder(in)
	for {
		var err error
		if p.format == formatList {
			err = p.list(d, in.meter, false)
		} else {
			err = p.next(d, in.meter, false)
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return p.broken(in.meter, err)
		}
	}
}

// archive walks the one object of an archive. The labels come before the issues that name them.
func (p *parser) archive(in *input) error {
	d := json.NewDecoder(in)
	err := expect(d, '{')
	for err == nil && d.More() {
		var key json.Token
		if key, err = d.Token(); err == nil {
			err = p.member(d, in.meter, key)
		}
	}
	if err == nil {
		err = expect(d, '}')
	}
	return p.broken(in.meter, err)
}

func (p *parser) member(d *json.Decoder, m *meter, key json.Token) error {
	m.next()
	switch key {
	case "issues":
		return p.list(d, m, false)
	case "pulls":
		return p.list(d, m, true)
	case "repo":
		return p.head(d, "repo", &p.repo)
	case "labels":
		var labels []label
		if err := p.head(d, "labels", &labels); err != nil {
			return err
		}
		p.defineLabels(labels)
		return nil
	default:
		var other json.RawMessage
		return d.Decode(&other)
	}
}

// head reads a member that describes the whole archive. One of an unexpected type does not stop the rest.
func (p *parser) head(d *json.Decoder, name string, into any) error {
	err := d.Decode(into)
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		p.note("", fmt.Sprintf("%s of the archive: found a %s", name, wrong.Value))
		return nil
	}
	return err
}

// list reads an array of issues; null is an empty one.
func (p *parser) list(d *json.Decoder, m *meter, pulls bool) error {
	open, err := d.Token()
	if err != nil || open == nil {
		return err
	}
	if open != json.Delim('[') {
		return fmt.Errorf("a list was expected, found %v", open)
	}
	for d.More() {
		if err := p.next(d, m, pulls); err != nil {
			return err
		}
	}
	return expect(d, ']')
}

func (p *parser) next(d *json.Decoder, m *meter, pulls bool) error {
	var raw json.RawMessage
	if err := d.Decode(&raw); err != nil {
		return err
	}
	m.next()
	if err := p.value(raw, pulls); err != nil {
		return refused{err}
	}
	return nil
}

// refused carries the error of a sink out of a walk, past what takes errors for those of the file.
type refused struct{ error }

// broken turns the error that ended a walk into what Parse returns: nothing, if the text itself was at fault.
func (p *parser) broken(m *meter, err error) error {
	if err == nil {
		return nil
	}
	if r, ok := errors.AsType[refused](err); ok {
		return r.error
	}
	if m.err != nil {
		return m.err
	}
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	p.item++
	p.lose("", "the rest of the file cannot be read: "+err.Error())
	return nil
}

// value takes an issue, or an array of issues: a page that was saved on one line.
func (p *parser) value(raw []byte, pull bool) error {
	if raw[0] != '[' {
		return p.take(raw, pull)
	}
	var page []json.RawMessage
	if err := json.Unmarshal(raw, &page); err != nil {
		p.item++
		p.lose("", syntax(err))
		return nil
	}
	for _, element := range page {
		if err := p.take(bytes.TrimSpace(element), pull); err != nil {
			return err
		}
	}
	return nil
}

func expect(d *json.Decoder, want json.Delim) error {
	token, err := d.Token()
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	if err == nil && token != want {
		err = fmt.Errorf("%v was expected, found %v", want, token)
	}
	return err
}
