package fetch

import (
	"bytes"
	"fmt"
	"os"
	"strings"

	"github.com/tongxing/tongxing/trustlist/fetch/layout"
)

// partialHead is the longest first line of the side file of a download: both
// texts are quoted, which takes four bytes for one at most.
const partialHead = 8*maxOrigin + 64

const partialMagic = "tongxing/partial/1"

// partialLeast is how much has to have come before it is worth a side file. A
// pointer is smaller, so that asking for one leaves the bundle's in peace.
const partialLeast = layout.MaxPointer

// partial is what there is of a download that may be cut. With a path it is kept
// in a side file, so that the next import goes on with it:
//
//	tongxing/partial/1 516225 "\"5f3a\"" "https://example.org/national.bundle"
//	...the bytes that have come
//
// The size is 0 where the server has not said it. The side file is a
// convenience: any fault of it means that there is none.
type partial struct {
	path string // "": nowhere, or given up
	head partialFacts
	data []byte
	file *os.File // the side file, open for appending; nil: there is none of this download

	given string // ETag of the last answer, weak ones too
}

// partialFacts say what a download is of.
type partialFacts struct {
	address string
	etag    string // strong, or ""
	size    int64  // of the whole, 0 if the server has not said
}

// openPartial returns what the side file has of the download from an address: at
// most limit bytes, none if it is of another.
func openPartial(path, address string, limit int64) *partial {
	p := &partial{path: path}
	p.head = partialFacts{address: address}
	if path == "" {
		return p
	}
	data, err := readFile(path, limit+partialHead, ErrEndless)
	if err != nil {
		return p
	}
	head, rest, ok := cutPartial(data)
	if !ok || head.address != address || int64(len(rest)) > limit || head.size != 0 && int64(len(rest)) > head.size {
		return p
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return p
	}
	p.head, p.data, p.file = head, rest, file
	return p
}

// cutPartial splits the content of a side file.
func cutPartial(data []byte) (partialFacts, []byte, bool) {
	line, rest, ok := bytes.Cut(data[:min(len(data), partialHead)], []byte("\n"))
	if !ok {
		return partialFacts{}, nil, false
	}
	rest = data[len(line)+1:]
	var head partialFacts
	n, err := fmt.Sscanf(string(line), partialMagic+" %d %q %q", &head.size, &head.etag, &head.address)
	if err != nil || n != 3 || head.size < 0 || string(head.line()) != string(line)+"\n" {
		return partialFacts{}, nil, false
	}
	return head, rest, true
}

// line is the first line of the side file.
func (f *partialFacts) line() []byte {
	return fmt.Appendf(nil, "%s %d %q %q\n", partialMagic, f.size, f.etag, f.address)
}

// begin starts anew: what comes is the whole from its first byte.
func (p *partial) begin(etag string, size int64) {
	p.drop()
	p.data = nil
	p.head.etag, p.head.size, p.given = strongETag(etag), max(size, 0), etag
}

// add appends what has come.
func (p *partial) add(b []byte) {
	p.data = append(p.data, b...)
	switch {
	case p.path == "" || len(p.data) <= partialLeast:
	case p.file != nil:
		p.write(b)
	default:
		os.Remove(p.path) // of another download
		file, err := os.OpenFile(p.path, os.O_WRONLY|os.O_CREATE|os.O_EXCL|os.O_APPEND, 0o600)
		if err != nil {
			p.path = ""
			return
		}
		p.file = file
		p.write(append(p.head.line(), p.data...))
	}
}

// write adds to the side file; on a full disk there is none.
func (p *partial) write(b []byte) {
	if _, err := p.file.Write(b); err != nil {
		p.drop()
		p.path = ""
	}
}

// leave closes the side file for the next import.
func (p *partial) leave() {
	if p.file != nil {
		p.file.Close()
		p.file = nil
	}
}

// drop removes the side file of this download: it is complete, or worth nothing.
func (p *partial) drop() {
	if p.file != nil {
		p.leave()
		os.Remove(p.path)
	}
}

// strongETag returns the ETag if it can say that two files are equal byte for
// byte (RFC 9110 section 8.8.3), else "".
func strongETag(etag string) string {
	if len(etag) < 2 || len(etag) > maxOrigin || etag[0] != '"' || !strings.HasSuffix(etag, `"`) {
		return ""
	}
	return etag
}
