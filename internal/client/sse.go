package client

import (
	"bufio"
	"bytes"
	"strconv"
	"time"
)

// event is one of a stream: text/event-stream as the HTML standard describes it.
type event struct {
	name, id string
	data     []byte
	retry    time.Duration // how long to wait before the stream is opened again; 0 = nothing was said
}

// readEvent reads up to the blank line that ends an event. heard is called at each line, comments too.
func readEvent(lines *bufio.Reader, heard func()) (event, error) {
	var e event
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return e, err // what is not ended by a blank line does not count
		}
		heard()
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			if e.name == "" && e.data == nil {
				continue
			}
			return e, nil
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		value = bytes.TrimPrefix(value, []byte(" "))
		switch string(name) {
		case "event":
			e.name = string(value)
		case "id":
			e.id = string(value)
		case "retry":
			if ms, err := strconv.ParseUint(string(value), 10, 31); err == nil {
				e.retry = time.Duration(ms) * time.Millisecond
			}
		case "data":
			if e.data != nil {
				e.data = append(e.data, '\n')
			}
			e.data = append(e.data, value...)
		}
	}
}
