package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/format/qr/scan"
)

// scanned is a code as it was found, or why none was.
type scanned struct {
	source  string // file; "" for an argument or standard input
	line    int    // from 1; 0 where the code is no line of a text
	several bool   // more lines than this one hold codes
	waits   bool   // the next one has not come yet
	text    string
	err     error
}

var pictureSuffixes = []string{".png", ".jpg", ".jpeg", ".gif"}

// codes goes through the codes of the arguments: a code itself, "-" for lines on
// standard input, a picture, a file of lines, or a folder of pictures and files.
func (a *app) codes(args []string) iter.Seq[scanned] {
	return func(yield func(scanned) bool) {
		for _, arg := range args {
			if !a.codesOf(arg, yield) {
				return
			}
		}
	}
}

func (a *app) codesOf(arg string, yield func(scanned) bool) bool {
	if arg == "-" {
		return lines(bufio.NewReaderSize(a.Stdin, readAhead), "", true, yield)
	}
	if strings.TrimSpace(arg) == "" {
		return yield(scanned{err: program.Fail("no_code_given")})
	}
	info, err := os.Stat(arg)
	switch {
	case err != nil && looksLikeCode(arg):
		return yield(scanned{text: unwrap(arg)})
	case errors.Is(err, fs.ErrNotExist):
		return yield(scanned{source: arg, err: program.Fail("neither_code_nor_file", arg)})
	case err != nil:
		return yield(scanned{source: arg, err: program.AboutFile(arg, errors.Unwrap(err))})
	case info.IsDir():
		return folder(arg, yield)
	}
	return file(arg, !info.Mode().IsRegular(), yield)
}

// looksLikeCode tells an argument that is no file apart: what a scanner gives is
// a text with a colon (a code, a link), the number of a barcode, or long. Anything
// else was meant as a path.
func looksLikeCode(arg string) bool {
	trimmed := strings.TrimSpace(arg)
	number := len(trimmed) >= barcodeDigits && strings.Trim(trimmed, "0123456789") == ""
	return number || strings.Contains(trimmed, ":") || len(trimmed) > maxFileName
}

const (
	barcodeDigits = 8   // of the shortest barcode on goods (EAN-8)
	maxFileName   = 255 // bytes, on the usual file systems
)

// beginsCode finds the beginning of a code, or of a line as issue writes it.
var beginsCode = regexp.MustCompile(`^\s*(?i:TX\d:|\{)`)

// unwrap joins a code that was copied with line breaks, which no code contains.
// Several codes stay apart: joined they could read as one.
func unwrap(text string) string {
	parts := strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' })
	for _, part := range parts[min(1, len(parts)):] {
		if beginsCode.MatchString(part) {
			return text
		}
	}
	return strings.Join(parts, "")
}

// mayHoldCodes reports whether a file of a folder is looked at: pictures, texts,
// and JSON Lines as issue writes them. Other JSON Lines are records of people.
func mayHoldCodes(path string) bool {
	suffix := strings.ToLower(filepath.Ext(path))
	if suffix != ".jsonl" {
		return suffix == ".txt" || slices.Contains(pictureSuffixes, suffix)
	}
	f, err := files.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	line, err := readLine(bufio.NewReader(f))
	line = strings.TrimSpace(line)
	return (err == nil || errors.Is(err, io.EOF)) && codeOfLine(line) != line
}

// folder goes through the files of a folder by name. What is neither picture nor
// text nor a file of codes is passed over.
func folder(path string, yield func(scanned) bool) bool {
	entries, err := os.ReadDir(path)
	if err != nil {
		return yield(scanned{source: path, err: err})
	}
	found := false
	for _, entry := range entries {
		entryPath := filepath.Join(path, entry.Name())
		if entry.Type() != fs.FileMode(0) || !mayHoldCodes(entryPath) {
			continue
		}
		found = true
		if !file(entryPath, false, yield) {
			return false
		}
	}
	if !found {
		return yield(scanned{source: path, err: program.Fail("folder_without_codes", path)})
	}
	return true
}

// file goes through the codes of a file. A stream is a pipe, terminal or device, which
// gives more when somebody has more to give.
func file(path string, stream bool, yield func(scanned) bool) bool {
	f, err := files.Open(path)
	if err != nil {
		return yield(scanned{source: path, err: err})
	}
	defer f.Close()
	reader := readers.Get().(*bufio.Reader)
	reader.Reset(f)
	defer func() {
		reader.Reset(nil)
		readers.Put(reader)
	}()
	start, err := reader.Peek(startBytes)
	if err != nil && !errors.Is(err, io.EOF) {
		return yield(scanned{source: path, err: &files.PathError{Path: path, Err: err}})
	}
	if len(start) == 0 {
		return yield(scanned{source: path, err: &files.PathError{Path: path, Err: files.ErrEmpty}})
	}
	if slices.Contains(pictureSuffixes, strings.ToLower(filepath.Ext(path))) || isPicture(start) {
		return picture(path, reader, yield)
	}
	if !isText(start) {
		return yield(scanned{source: path, err: program.Fail("file_not_codes", path)})
	}
	return lines(reader, path, stream, yield)
}

// readAhead is how much of a text is read at once.
const readAhead = 1 << 16

// readers are kept for the next file: a folder has one for each code, a few hundred
// bytes long.
var readers = sync.Pool{New: func() any { return bufio.NewReaderSize(nil, readAhead) }}

// startBytes is how much of a file tells its kind.
const startBytes = 512

// isText reports whether a file begins like a text in UTF-8; the last character
// of start may be cut.
func isText(start []byte) bool {
	if bytes.IndexByte(start, 0) >= 0 {
		return false
	}
	for cut := range min(utf8.UTFMax, len(start)) {
		if utf8.Valid(start[:len(start)-cut]) {
			return true
		}
	}
	return false
}

// isPicture reports whether a file begins like PNG, JPEG or GIF.
func isPicture(start []byte) bool {
	return bytes.HasPrefix(start, []byte("\x89PNG")) || bytes.HasPrefix(start, []byte("\xff\xd8\xff")) || bytes.HasPrefix(start, []byte("GIF8"))
}

func picture(path string, r io.Reader, yield func(scanned) bool) bool {
	image, err := scan.Decode(r)
	if err != nil {
		return yield(scanned{source: path, err: program.FailWith(err, "picture_unreadable", path)})
	}
	texts, err := scan.Texts(image)
	if err != nil {
		return yield(scanned{source: path, err: program.FailWith(err, "picture_without_code", path)})
	}
	for _, text := range texts {
		if !yield(scanned{source: path, text: text}) {
			return false
		}
	}
	return true
}

// lines goes through the lines of a text: codes, or JSON objects as issue writes
// them. Empty lines are passed over. A line that is longer than any code is cut
// there, which leaves it no code. In a file a code is given when the one after it is
// found, so that it is known whether it is the only one; from a stream, where that would
// be one scan too late, each is given as it comes, and what has come with it tells.
func lines(r *bufio.Reader, source string, stream bool, yield func(scanned) bool) bool {
	var last *scanned
	given := false
	for n := 1; ; n++ {
		line, err := readLine(r)
		if text := strings.TrimSpace(line); text != "" {
			next := &scanned{source: source, line: n, several: given || last != nil, text: codeOfLine(text)}
			if last != nil {
				last.several = true
				if !yield(*last) {
					return false
				}
			}
			if last, given = next, true; stream {
				more, whole := ahead(r)
				next.waits, next.several = err == nil && !whole, next.several || more
				if last = nil; !yield(*next) {
					return false
				}
			}
		}
		if err == nil {
			continue
		}
		if last != nil && !yield(*last) {
			return false
		}
		switch {
		case !errors.Is(err, io.EOF):
			return yield(scanned{source: source, line: n, several: true, err: err})
		case !given:
			return yield(scanned{source: source, err: program.Fail("no_code_given")})
		}
		return true
	}
}

// ahead reports whether there is more text without reading on, and a whole line of
// it.
func ahead(r *bufio.Reader) (more, whole bool) {
	text, err := r.Peek(r.Buffered())
	text = bytes.TrimLeftFunc(text, unicode.IsSpace)
	return len(text) > 0 && err == nil, bytes.IndexByte(text, '\n') >= 0
}

// readLine reads a line and keeps at most maxCodeText+1 bytes of it.
func readLine(r *bufio.Reader) (string, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		if room := maxCodeText + 1 - len(line); room > 0 {
			line = append(line, part[:min(room, len(part))]...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return string(line), err
		}
	}
}

func codeOfLine(line string) string {
	if !strings.HasPrefix(line, "{") {
		return line
	}
	var object struct {
		Code string `json:"code"`
	}
	if err := json.Unmarshal([]byte(line), &object); err != nil || object.Code == "" {
		return line
	}
	return object.Code
}
