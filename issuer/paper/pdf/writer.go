package pdf

import (
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Limits of a document (ISO 19005-2, 6.1.13, and the ten digits of an offset).
const (
	maxObjects = 8_388_607
	maxBytes   = 9_999_999_999
	maxField   = 2000 // bytes of a title and its like
	fanOut     = 128  // pages of a node of the page tree
)

var (
	// ErrOptions reports a document without title, language, time or typeface, or
	// with one that is no text.
	ErrOptions = errors.New("pdf: the description of the document is incomplete")
	// ErrTooLarge reports a document with more pages than the format counts.
	ErrTooLarge = errors.New("pdf: the document is too large")
	// ErrClosed reports a page for a document that has ended, in order or not.
	ErrClosed = errors.New("pdf: the document has ended")
)

// Options describe a document.
type Options struct {
	Title    string // needed: viewers show it, screen readers say it
	Author   string
	Subject  string
	Language string    // BCP 47, of most of the text
	Created  time.Time // in the zone that is to be shown
	Typeface *Typeface
}

func (o *Options) check() error {
	for _, field := range []string{o.Title, o.Author, o.Subject, o.Language} {
		if !utf8.ValidString(field) || len(field) > maxField || strings.ContainsFunc(field, unicode.IsControl) {
			return ErrOptions
		}
	}
	year := o.Created.Year()
	if o.Title == "" || o.Language == "" || o.Typeface == nil || year < 1970 || year > 9999 {
		return ErrOptions
	}
	return nil
}

// Writer writes one document. Its methods are for one goroutine.
type Writer struct {
	out     io.Writer
	options Options
	hash    hash.Hash
	written int64
	offsets []int64 // of the objects, from number 1; 0 for one that is still to come
	nodes   []int   // of the page tree, those that are written
	node    int     // the one that pages are added to
	kids    []byte
	pages   int // in the node
	total   int
	fonts   []*usedFont
	content []byte
	packed  bytes.Buffer
	zip     *zlib.Writer
	failed  error
}

// Numbers of the objects that others point at.
const (
	catalogue = iota + 1
	pageTree
	resources
	fixedObjects = resources
)

// NewWriter begins a document. The error is ErrOptions, or that of out.
func NewWriter(out io.Writer, o Options) (*Writer, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	w := &Writer{out: out, options: o, hash: sha256.New(), offsets: make([]int64, fixedObjects, 64)}
	var err error
	// The fastest level: twice the pages a second, for files a tenth larger.
	if w.zip, err = zlib.NewWriterLevel(&w.packed, zlib.BestSpeed); err != nil {
		return nil, err
	}
	for _, f := range o.Typeface.fonts {
		w.fonts = append(w.fonts, newUsedFont(f))
	}
	// Four bytes above 127 tell programs that the file is not text.
	w.write([]byte("%PDF-1.7\n%\xe9\x80\x9a\xe8\xa1\x8c\n"))
	return w, w.failed
}

func (w *Writer) write(b []byte) {
	if w.failed != nil {
		return
	}
	if w.written += int64(len(b)); w.written > maxBytes {
		w.failed = ErrTooLarge
		return
	}
	w.hash.Write(b)
	if _, err := w.out.Write(b); err != nil {
		w.failed = err
	}
}

// reserve returns the number of an object that is written later.
func (w *Writer) reserve() int {
	if len(w.offsets) == maxObjects && w.failed == nil {
		w.failed = ErrTooLarge
	}
	w.offsets = append(w.offsets, 0)
	return len(w.offsets)
}

// object writes an object under a number.
func (w *Writer) object(number int, format string, arguments ...any) {
	w.offsets[number-1] = w.written
	w.write(fmt.Appendf(nil, "%d 0 obj\n"+format+"\nendobj\n", append([]any{number}, arguments...)...))
}

// stream writes a stream, compressed, with further entries of its dictionary.
func (w *Writer) stream(number int, entries string, data []byte) {
	w.packed.Reset()
	w.zip.Reset(&w.packed)
	_, err := w.zip.Write(data)
	if err = errors.Join(err, w.zip.Close()); err != nil && w.failed == nil {
		w.failed = err
	}
	w.plain(number, entries+" /Filter /FlateDecode", w.packed.Bytes())
}

// plain writes a stream as it is.
func (w *Writer) plain(number int, entries string, data []byte) {
	w.offsets[number-1] = w.written
	w.write(fmt.Appendf(nil, "%d 0 obj\n<<%s /Length %d>>\nstream\n", number, entries, len(data)))
	w.write(data)
	w.write([]byte("\nendstream\nendobj\n"))
}

// Add writes a page. A page may be added again, also to another document of the
// same typeface. After an error the document is lost.
func (w *Writer) Add(p *Page) error {
	switch {
	case w.failed != nil:
		return w.failed
	case p.failed != nil:
		return p.failed
	}
	w.content = w.content[:0]
	for i := range p.pieces {
		if err := w.addPiece(p, &p.pieces[i]); err != nil {
			w.failed = err
			return err
		}
	}
	if w.node == 0 {
		w.node = w.reserve()
	}
	content, page := w.reserve(), w.reserve()
	w.stream(content, "", w.content)
	box := appendLengths(nil, p.width, p.height)
	w.object(page, "<</Type /Page /Parent %d 0 R /Resources %d 0 R /MediaBox [0 0 %s] /Contents %d 0 R>>",
		w.node, resources, bytes.TrimSpace(box), content)
	w.kids = fmt.Appendf(w.kids, "%d 0 R ", page)
	w.pages++
	w.total++
	if w.pages == fanOut {
		w.endNode()
	}
	return w.failed
}

// endNode writes the node of the page tree that pages were added to.
func (w *Writer) endNode() {
	if w.pages == 0 {
		return
	}
	w.object(w.node, "<</Type /Pages /Parent %d 0 R /Count %d /Kids [%s]>>", pageTree, w.pages, bytes.TrimSpace(w.kids))
	w.nodes = append(w.nodes, w.node)
	w.node, w.pages, w.kids = 0, 0, w.kids[:0]
}

// Pages returns how many pages have been added.
func (w *Writer) Pages() int { return w.total }

// Close writes what stands behind the pages. A document without a page is
// ErrSize. The underlying writer is left open.
func (w *Writer) Close() error {
	if w.failed == nil && w.total == 0 {
		w.failed = ErrSize
	}
	if w.failed != nil {
		return w.failed
	}
	w.endNode()
	var kids []byte
	for _, node := range w.nodes {
		kids = fmt.Appendf(kids, "%d 0 R ", node)
	}
	w.object(pageTree, "<</Type /Pages /Count %d /Kids [%s]>>", w.total, bytes.TrimSpace(kids))
	if err := w.endFonts(); err != nil {
		w.failed = err
		return err
	}
	information := w.endDescription()
	w.endFile(information)
	if w.failed != nil {
		return w.failed
	}
	w.failed = ErrClosed
	return nil
}

// endFile writes the table of objects and the trailer. The identifier of the file
// is a hash over all that stands before it.
func (w *Writer) endFile(information int) {
	table := w.written
	w.write(fmt.Appendf(nil, "xref\n0 %d\n0000000000 65535 f \n", len(w.offsets)+1))
	var lines []byte
	for i, offset := range w.offsets {
		lines = fmt.Appendf(lines, "%010d 00000 n \n", offset)
		if i%1000 == 999 || i == len(w.offsets)-1 {
			w.write(lines)
			lines = lines[:0]
		}
	}
	id := w.hash.Sum(nil)[:16]
	w.write(fmt.Appendf(nil, "trailer\n<</Size %d /Root %d 0 R /Info %d 0 R /ID [<%x> <%x>]>>\nstartxref\n%d\n%%%%EOF\n",
		len(w.offsets)+1, catalogue, information, id, id, table))
}
