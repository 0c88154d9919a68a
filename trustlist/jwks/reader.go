package jwks

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"github.com/tongxing/tongxing/trustlist"
)

// reader takes the members of an object one by one and remembers the first
// fault.
type reader struct {
	path  string // "keys[3]"
	value *value
	taken map[string]bool
	err   error
}

func open(path string, v *value) *reader {
	r := &reader{path: path, value: v, taken: make(map[string]bool, len(v.members))}
	if v.kind != kindObject {
		r.fail("", "not an object")
	}
	return r
}

func (r *reader) place(name string) string {
	return strings.Trim(r.path+"."+name, ".")
}

func (r *reader) fail(name, format string, arguments ...any) {
	if r.err == nil {
		r.err = invalid(r.place(name), format, arguments...)
	}
}

func invalid(field, format string, arguments ...any) error {
	return &trustlist.ContentError{Field: field, Problem: fmt.Sprintf(format, arguments...)}
}

func (r *reader) has(name string) bool {
	_, there := r.value.get(name)
	return there
}

// take returns a member of one kind.
func (r *reader) take(name string, k kind) *value {
	v, there := r.value.get(name)
	switch {
	case r.err != nil:
	case !there:
		r.fail(name, "missing")
	case v.kind != k:
		r.fail(name, "of the wrong type")
	default:
		r.taken[name] = true
		return v
	}
	return &value{kind: k}
}

func (r *reader) text(name string) string      { return r.take(name, kindString).text }
func (r *reader) array(name string) []value    { return r.take(name, kindArray).items }
func (r *reader) object(name string) *reader   { return open(r.place(name), r.take(name, kindObject)) }
func (r *reader) bytes(name string) []byte     { return r.decoded(name, decode) }
func (r *reader) optional(name string) []value { return r.nonEmpty(name) }

// nonEmpty returns the items of an array that is left out when it is empty.
func (r *reader) nonEmpty(name string) []value {
	if !r.has(name) {
		return nil
	}
	items := r.array(name)
	if len(items) == 0 {
		r.fail(name, "empty, and not left out")
	}
	return items
}

func (r *reader) decoded(name string, by func(string) ([]byte, error)) []byte {
	data, err := by(r.text(name))
	if err != nil && r.err == nil {
		r.err = fmt.Errorf("%s: %w", r.place(name), err)
	}
	return data
}

// number returns an integer within bounds.
func (r *reader) number(name string, least, most int64) int64 {
	n := r.take(name, kindNumber).number
	if r.err == nil && (n < least || n > most) {
		r.fail(name, "%d is not from %d to %d", n, least, most)
	}
	return n
}

const (
	// earliest and latest bound every time of a document: 2020-01-01 and the
	// last second that 32 bits hold, in unix seconds (TRUST-23).
	earliest = 1577836800
	latest   = 1<<32 - 1
)

func (r *reader) time(name string) int64 { return r.number(name, earliest, latest) }

func (r *reader) usage() trustlist.Usage {
	return trustlist.Usage(r.number("usage", 0, 1<<32-1))
}

// hash returns a SHA-256 in lower-case hexadecimal digits.
func (r *reader) hash(name string) [32]byte {
	text := r.text(name)
	data, err := hex.DecodeString(text)
	if r.err == nil && (err != nil || len(data) != 32 || hex.EncodeToString(data) != text) {
		r.fail(name, "not 64 hexadecimal digits")
	}
	if r.err != nil {
		return [32]byte{}
	}
	return [32]byte(data)
}

// version returns a version as "epoch.counter".
func (r *reader) version(name string) trustlist.Version {
	text := r.text(name)
	before, after, _ := strings.Cut(text, ".")
	epoch, errEpoch := strconv.ParseUint(before, 10, 32)
	counter, errCounter := strconv.ParseUint(after, 10, 32)
	v := trustlist.NewVersion(uint32(epoch), uint32(counter))
	if r.err == nil && (errEpoch != nil || errCounter != nil || v.IsZero() || v.String() != text) {
		r.fail(name, "not a version")
	}
	return v
}

// document returns which issue of a document a member names.
func (r *reader) document(name string) trustlist.DocumentInfo {
	d := r.object(name)
	info := trustlist.DocumentInfo{Version: d.version("version"), Hash: d.hash("hash"), Issued: d.time("issued")}
	r.merge(d)
	return info
}

// merge ends reading an object that r holds.
func (r *reader) merge(inner *reader) {
	if err := inner.done(); err != nil && r.err == nil {
		r.err = err
	}
}

// done returns the first fault. A member that nobody took is one of a later
// version of the specification: members are only ever added.
func (r *reader) done() error {
	if r.err != nil {
		return r.err
	}
	for _, m := range r.value.members {
		if !r.taken[m.name] {
			return fmt.Errorf("%w: member %q", trustlist.ErrLaterVersion, r.place(m.name))
		}
	}
	return nil
}
