package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// download is one file under way.
type download struct {
	http    *HTTP
	watch   *watchdog
	address string
	limit   int64  // bytes that may come
	size    int64  // that the file is said to have; 0: not known
	etag    string // of what the device has already, or ""
	fresh   bool   // past every cache
	keep    bool   // in the side file, and go on from it
	fixed   bool   // the name says the content, so that any part fits
	resumed bool   // what came is of more than one answer
	moved   int64  // bytes that came
	cut     error  // why the last answer ended early
}

// fetched is a file that has come, or word that it has not changed.
type fetched struct {
	data        []byte
	etag        string
	notModified bool
}

// errAgain asks for another request: the connection was cut, or the server could
// not go on where it was.
var errAgain = errors.New("fetch: ask again")

// run asks until the file is whole. Errors have no address yet.
func (d *download) run(ctx context.Context) (*fetched, error) {
	p := &partial{head: partialFacts{address: d.address}}
	if d.keep {
		p = openPartial(d.http.options.Partial, d.address, d.limit)
	}
	defer p.leave()
	if p.head.etag == "" && !d.fixed {
		p.data = nil
	}
	for range d.http.options.Attempts {
		got, err := d.ask(ctx, p)
		if errors.Is(err, errAgain) {
			continue
		}
		if err != nil || got.notModified {
			return got, err
		}
		p.drop()
		return got, nil
	}
	return nil, fmt.Errorf("%w: %w", ErrCut, d.cut)
}

// ask makes one request: for the rest of what has come, or for the whole.
func (d *download) ask(ctx context.Context, p *partial) (*fetched, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, d.address, nil)
	if err != nil {
		return nil, err
	}
	going := len(p.data) > 0 && (p.head.etag != "" || d.fixed)
	d.setHeader(request.Header, p, going)
	request.Close = true // data behind an answer is not looked at
	response, err := d.http.client.Do(request)
	if err != nil && d.moved == 0 && ctx.Err() == nil && !errors.Is(err, ErrRedirect) {
		return nil, fmt.Errorf("%w: %w", ErrNoAnswer, err)
	}
	if err != nil {
		return nil, d.fault(ctx, err)
	}
	defer response.Body.Close()
	if coding := response.Header.Get("Content-Encoding"); coding != "" && coding != "identity" {
		return nil, fmt.Errorf("%w: coding %q", ErrBadAnswer, coding)
	}
	switch {
	case response.StatusCode == http.StatusNotModified && d.etag != "" && !d.fresh && !going:
		return &fetched{notModified: true, etag: d.etag}, nil
	case response.StatusCode == http.StatusNotModified:
		return nil, fmt.Errorf("%w: not modified, which was not asked", ErrBadAnswer)
	case response.StatusCode == http.StatusPartialContent && going:
		err = d.goOn(response, p)
	case response.StatusCode == http.StatusOK:
		err = d.begin(response, p)
	case response.StatusCode == http.StatusRequestedRangeNotSatisfiable && going:
		p.begin("", 0)
		d.cut = fmt.Errorf("%w: no such range", ErrBadAnswer)
		return nil, errAgain
	default:
		return nil, &StatusError{response.StatusCode}
	}
	if err != nil {
		return nil, err
	}
	return d.read(ctx, response.Body, p)
}

func (d *download) setHeader(h http.Header, p *partial, going bool) {
	h.Set("User-Agent", "tongxing")
	h.Set("Accept-Encoding", "identity") // no inflation
	switch {
	case going:
		h.Set("Range", fmt.Sprintf("bytes=%d-", len(p.data)))
		if p.head.etag != "" {
			h.Set("If-Range", p.head.etag)
		}
	case d.fresh:
		h.Set("Cache-Control", "no-cache")
	case d.etag != "":
		h.Set("If-None-Match", d.etag)
	}
}

// begin takes an answer with the whole file.
func (d *download) begin(response *http.Response, p *partial) error {
	if err := d.checkSize(response.ContentLength); err != nil {
		return err
	}
	p.begin(response.Header.Get("ETag"), response.ContentLength)
	return nil
}

// goOn takes an answer with the rest of what has come; one with anything else is
// thrown away, and the whole is asked for.
func (d *download) goOn(response *http.Response, p *partial) error {
	first, total, ok := parseContentRange(response.Header.Get("Content-Range"))
	same := p.head.etag == "" || response.Header.Get("ETag") == p.head.etag
	if !ok || !same || first != int64(len(p.data)) || p.head.size != 0 && total != p.head.size {
		p.begin("", 0)
		d.cut = fmt.Errorf("%w: another range", ErrBadAnswer)
		return errAgain
	}
	if err := d.checkSize(total); err != nil {
		return err
	}
	p.head.size, p.given, d.resumed = total, p.head.etag, true
	return nil
}

// checkSize looks at the size that a server announces, -1 for none.
func (d *download) checkSize(size int64) error {
	switch {
	case size > d.limit:
		return fmt.Errorf("%w: %d bytes, at most %d", ErrEndless, size, d.limit)
	case d.size != 0 && size >= 0 && size != d.size:
		return fmt.Errorf("%w: %d bytes, the pointer says %d", ErrBadAnswer, size, d.size)
	}
	return nil
}

// read takes what comes until the file is whole, too long, or cut.
func (d *download) read(ctx context.Context, body io.Reader, p *partial) (*fetched, error) {
	buffer := make([]byte, 32<<10)
	for {
		n, err := body.Read(buffer)
		d.moved += int64(n)
		d.watch.came(n)
		if int64(len(p.data)+n) > d.limit {
			p.drop()
			return nil, fmt.Errorf("%w: more than %d bytes", ErrEndless, d.limit)
		}
		p.add(buffer[:n])
		switch {
		case errors.Is(err, io.EOF) && (p.head.size == 0 || int64(len(p.data)) == p.head.size):
			return &fetched{data: p.data, etag: p.given}, nil
		case err != nil:
			return nil, d.fault(ctx, err)
		}
	}
}

// fault says what an error of the connection comes to: the end that the watchdog
// or the caller has made, a redirection that is refused, or a cut, after which
// the file is asked for again.
func (d *download) fault(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if errors.Is(err, ErrRedirect) {
		return err
	}
	d.cut = err
	return errAgain
}

// parseContentRange reads "bytes 100-199/200" (RFC 9110 section 14.4), a range up
// to the end of a file whose size is known.
func parseContentRange(value string) (first, total int64, ok bool) {
	rest, ok := strings.CutPrefix(value, "bytes ")
	if !ok {
		return 0, 0, false
	}
	span, size, ok := strings.Cut(rest, "/")
	from, to, both := strings.Cut(span, "-")
	if !ok || !both {
		return 0, 0, false
	}
	numbers := make([]int64, 3)
	for i, text := range []string{from, to, size} {
		n, err := strconv.ParseUint(text, 10, 40)
		if err != nil {
			return 0, 0, false
		}
		numbers[i] = int64(n)
	}
	return numbers[0], numbers[2], numbers[0] <= numbers[1] && numbers[1]+1 == numbers[2]
}
