package e2e

import (
	"bytes"
	"errors"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"testing"
)

// gives pastes or drops a drawn picture into a text, as the browser tells of it.
const gives = `async (type, selector) => {
  const canvas = Object.assign(document.createElement('canvas'), {width: 30, height: 20}), data = new DataTransfer();
  data.items.add(new File([await new Promise(done => canvas.toBlob(done))], 'login [1].png', {type: 'image/png'}));
  const event = type === 'paste' ? new ClipboardEvent(type, {clipboardData: data, bubbles: true, cancelable: true}) : new DragEvent(type, {dataTransfer: data, bubbles: true, cancelable: true});
  document.querySelector(selector).dispatchEvent(event);
  return event.defaultPrevented;
}`

const (
	composing = ".composer textarea[name=body]"
	linked    = `(area, before) => { const {value, validity} = document.querySelector(area); return validity.valid && value.startsWith(before + '![login \\[1\\].png](/acme/attachment/'); }`
	drawings  = "(where, count) => { const all = [...document.querySelectorAll(where)]; return all.length === count && all.every(image => image.complete && image.naturalWidth === 30); }"
)

// A picture that is pasted into a comment, and one that is dropped into the description, are there for who looks at the issue.
func TestAttachments_PastedAndDroppedIntoTexts(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	ann, ben := newMember(t, "ann", demo), newMember(t, "ben", demo)
	_, key := signedIn(t, demo, "ann").makes("ENG", "See for yourself", nil)
	ann.opens("/acme/issue/" + key)
	ben.opens("/acme/issue/" + key)
	ben.stays()
	ann.fills(composing, "Look: ")
	ann.sees("that the page takes the file", gives, "paste", composing) // once it does it is not asked again
	ann.sees("the picture in her text", linked, composing, "Look: ")
	ann.sees("it among her files, so that nothing moves any more", drawings, ".attachment img", 1)
	ann.clicks(".composer [data-action=comment]")
	ben.seesWithin(soon, "it in the comment", drawings, ".comment [data-field=body] img", 1)
	ben.sees("it among the files", drawings, ".attachment img", 1)

	ann.clicks(".issue__description summary[data-action=edit]")
	const description = ".issue__description textarea[name=description]"
	ann.sees("that the page takes the file", gives, "drop", description)
	ann.sees("the picture in the description", linked, description, "")
	ann.clicks(".issue__description [data-action=save]")
	ben.seesWithin(soon, "it in the description", drawings, ".issue__description [data-field=description] img", 1)
	ben.sees("both among the files", drawings, ".attachment img", 2)

	ann.sees("the same herself, so that nothing moves any more", drawings, ".issue__description [data-field=description] img", 1)
	ann.sees("both files", drawings, ".attachment img", 2)
	ann.clicks(".attachment:last-child [data-action=trash]")
	ben.seesWithin(soon, "one file less", drawings, ".attachment img", 1)
	ann.presses("Ctrl+z")
	ben.seesWithin(soon, "it back", drawings, ".attachment img", 2)
	ben.remained()
}

// Without the line a picture waits in the text, comes once when the line is back, and is in nobody's way who gives it up.
func TestAttachments_WaitForTheLine(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	ann := newMember(t, "ann", demo)
	_, key := signedIn(t, demo, "ann").makes("ENG", "See for yourself, later", nil)
	path := "/acme/issue/" + key
	ann.keepsForLater([]string{path})
	ann.losesTheLine()
	ann.fills(composing, "Look: ")
	ann.sees("that the page takes the file", gives, "paste", composing)
	ann.sees("its mark, and that the text cannot be sent", waiting, composing)
	ann.sees("a draft without it", "() => { const drafts = Object.entries(localStorage).filter(([key]) => key.includes('draft:')).map(([, text]) => text).join(); return drafts.includes('Look: ') && !drafts.includes('Uploading'); }")
	ann.getsTheLineBack()
	ann.seesWithin(late, "the picture in her text", linked, composing, "Look: ")
	ann.seesWithin(late, "it among the files, once", drawings, ".attachment img", 1)

	ann.losesTheLine()
	ann.sees("that the page takes another", gives, "paste", composing)
	ann.sees("its mark", waiting, composing)
	ann.fills(composing, "Never mind.")
	ann.sees("that the text can be sent", "area => document.querySelector(area).validity.valid", composing)
	ann.getsTheLineBack()
	ann.presses("Ctrl+Enter")
	ann.seesWithin(late, "the comment", commented, "Never mind.")
	ann.sees("no other file", drawings, ".attachment img", 1)
}

// waiting holds while a picture is on its way from a text.
const waiting = "area => { const {value, validity} = document.querySelector(area); return value.includes('![Uploading login 1.png (') && validity.customError; }"

// attaches uploads a file to an issue, as a program does.
func (c *client) attaches(key, name string, content []byte) {
	c.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", name)
	if err == nil {
		_, err = part.Write(content)
	}
	if err := errors.Join(err, form.Close()); err != nil {
		c.t.Fatal(err)
	}
	if answer, status := c.send(http.MethodPost, "/acme/issue/"+key+"/attachment", body.Bytes(), form.FormDataContentType()); status != http.StatusCreated {
		c.t.Fatalf("%s was answered %d %s", name, status, answer)
	}
}

// drawn is an image as a file.
func drawn(t *testing.T) []byte {
	t.Helper()
	var to bytes.Buffer
	if err := png.Encode(&to, image.NewGray(image.Rect(0, 0, 30, 20))); err != nil {
		t.Fatal(err)
	}
	return to.Bytes()
}
