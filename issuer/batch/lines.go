package batch

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"math"
	"strconv"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/transport"
	"github.com/tongxing/tongxing/issuer"
)

// Line is one credential in the output of a run.
type Line struct {
	Line    int    `json:"line"` // of the record in the input, from 1
	List    uint32 `json:"list"`
	Index   uint32 `json:"index"`
	Key     string `json:"key"`     // key identifier, hex
	Issued  int64  `json:"issued"`  // unix seconds
	Expires int64  `json:"expires"` // unix seconds
	Code    string `json:"code"`
}

// Refused is a record that was not signed, and nothing of the person.
type Refused struct {
	Line    int            `json:"line"` // of the record in the input, from 1
	Refusal issuer.Refusal `json:"refused"`
	Field   string         `json:"field,omitempty"` // see [issuer.RefusalError]
	Rule    uint16         `json:"rule,omitempty"`  // that covers no such status: see [issuer.RuleError]
}

// readLine is a line of a part with what its code carries.
type readLine struct {
	said Line
	data []byte
}

func (l *readLine) ref() format.Ref { return format.Ref{List: l.said.List, Index: l.said.Index} }

// appendSlots appends the lines of a part: for each slot its code or why there is
// none, in order. The bytes are those that encoding/json gives; a code is of the
// 45 characters of RFC 9285, none of which JSON escapes.
func appendSlots(to []byte, slots []*slot) ([]byte, error) {
	for _, s := range slots {
		if s.err != nil {
			line, err := json.Marshal(refusedOf(s))
			if err != nil {
				return nil, err
			}
			to = append(append(to, line...), '\n')
			continue
		}
		to = strconv.AppendInt(append(to, `{"line":`...), int64(s.line), 10)
		to = strconv.AppendUint(append(to, `,"list":`...), uint64(s.issued.Ref.List), 10)
		to = strconv.AppendUint(append(to, `,"index":`...), uint64(s.issued.Ref.Index), 10)
		to = hex.AppendEncode(append(to, `,"key":"`...), s.issued.KeyID[:])
		to = strconv.AppendInt(append(to, `","issued":`...), s.issued.IssuedAt, 10)
		to = strconv.AppendInt(append(to, `,"expires":`...), s.issued.ExpiresAt, 10)
		to = transport.AppendText(append(to, `,"code":"`...), s.issued.Data)
		to = append(to, "\"}\n"...)
	}
	return to, nil
}

func refusedOf(s *slot) Refused {
	refused := Refused{Line: s.line, Refusal: issuer.RefusedRecord}
	var refusal *issuer.RefusalError
	if errors.As(s.err, &refusal) {
		refused.Refusal, refused.Field = refusal.Refusal, refusal.Field
	}
	var rule *issuer.RuleError
	if errors.As(s.err, &rule) {
		refused.Rule = rule.Rule
	}
	return refused
}

// isRefused tells the lines of refused records from those with codes.
func isRefused(line []byte) bool {
	_, rest, _ := bytes.Cut(line, []byte(","))
	return bytes.HasPrefix(rest, []byte(`"refused":`))
}

// codesOf returns the lines of a part that have codes, with what the codes carry.
// It is not ok where a line is none that appendSlots writes.
func codesOf(content []byte) (lines []readLine, ok bool) {
	lines = make([]readLine, 0, bytes.Count(content, []byte("\n")))
	for text := range bytes.Lines(content) {
		if isRefused(text) {
			continue
		}
		var line readLine
		if line.said, ok = scanLine(text); !ok {
			return nil, false
		}
		var err error
		if line.data, err = transport.Decode(line.said.Code); err != nil {
			return nil, false
		}
		lines = append(lines, line)
	}
	return lines, true
}

// scanLine reads the line of a code as appendSlots writes it.
func scanLine(text []byte) (line Line, ok bool) {
	number := make([]uint64, 0, 5) // line, list, index, issued, expires
	rest := text
	for i, name := range [...]string{`{"line":`, `,"list":`, `,"index":`, `,"key":"`, `,"issued":`, `,"expires":`} {
		if rest, ok = bytes.CutPrefix(rest, []byte(name)); !ok {
			return Line{}, false
		}
		if i == 3 {
			var key []byte
			if key, rest, ok = bytes.Cut(rest, []byte(`"`)); !ok || !isKey(key) {
				return Line{}, false
			}
			line.Key = string(key)
			continue
		}
		var n uint64
		if n, rest, ok = scanNumber(rest); !ok {
			return Line{}, false
		}
		number = append(number, n)
	}
	rest, ok = bytes.CutPrefix(rest, []byte(`,"code":"`))
	code, ended := bytes.CutSuffix(rest, []byte("\"}\n"))
	if !ok || !ended || !isCode(code) {
		return Line{}, false
	}
	line.Line, line.List, line.Index = int(number[0]), uint32(number[1]), uint32(number[2])
	line.Issued, line.Expires, line.Code = int64(number[3]), int64(number[4]), string(code)
	return line, true
}

// isKey reports whether text is a key identifier in hex.
func isKey(text []byte) bool {
	return len(text) == 8 && len(bytes.TrimLeft(text, "0123456789abcdef")) == 0
}

// isCode reports whether text has only the characters of RFC 9285: JSON escapes
// none of them, so that the text is the value.
func isCode(text []byte) bool {
	return len(bytes.TrimLeft(text, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")) == 0
}

// scanNumber reads the digits that text begins with.
func scanNumber(text []byte) (n uint64, rest []byte, ok bool) {
	for rest = text; len(rest) > 0 && '0' <= rest[0] && rest[0] <= '9'; rest = rest[1:] {
		if n = n*10 + uint64(rest[0]-'0'); n > math.MaxUint32 {
			return 0, nil, false
		}
	}
	return n, rest, len(rest) < len(text)
}

// refusedIn returns the refused records of a part.
func refusedIn(content []byte) ([]Refused, error) {
	var all []Refused
	for text := range bytes.Lines(content) {
		if !isRefused(text) {
			continue
		}
		var refused Refused
		if err := json.Unmarshal(text, &refused); err != nil {
			return nil, err
		}
		all = append(all, refused)
	}
	return all, nil
}

// linesWith returns the lines of a part, and whether its credentials are those
// with the given hashes, each once.
func linesWith(content []byte, hashes map[[sha256.Size]byte]bool) ([]readLine, bool) {
	lines, ok := codesOf(content)
	if !ok || len(lines) != len(hashes) {
		return nil, false
	}
	seen := make(map[[sha256.Size]byte]bool, len(hashes))
	for i := range lines {
		hash := sha256.Sum256(lines[i].data)
		if !hashes[hash] || seen[hash] {
			return nil, false
		}
		seen[hash] = true
	}
	return lines, true
}

// appendCodes appends the lines of a part that have codes.
func appendCodes(to, content []byte) []byte {
	for text := range bytes.Lines(content) {
		if !isRefused(text) {
			to = append(to, text...)
		}
	}
	return to
}
