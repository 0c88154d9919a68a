// Package logs makes the logger of a program, which writes to standard error and
// cannot write who somebody is.
//
// A record is a constant English message with attributes. What an attribute may be is
// in one list, and none of them is a name, a number of a document or of a telephone, a
// code, or anything of a body that was sent. A record with another attribute is
// written without its value, a value that is not a plain one too, and so is a number
// within a text that is as long as that of a citizen or a telephone:
//
//	log := logs.New(os.Stderr, logs.Options{})
//	log.Warn("a new bundle was refused", "file", path, "error", err)
//
//	time=2026-12-01T08:00:00Z level=WARN msg="a new bundle was refused" file=national.bundle error="not a bundle"
package logs

import (
	"errors"
	"io"
	"log/slog"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Options say what is written and how.
type Options struct {
	Level  string // "debug", "info" ("" too), "warn" or "error"
	Format string // "text" ("" too) or "json"
}

// Levels and Formats are the values that there are.
var (
	Levels  = []string{"debug", "info", "warn", "error"}
	Formats = []string{"text", "json"}
)

// What can be wrong with options.
var (
	ErrLevel  = errors.New("logs: no such level")
	ErrFormat = errors.New("logs: no such format")
)

// redacted stands in the place of what is not written.
const redacted = "(redacted)"

// maxText is how much of a text is written, in bytes.
const maxText = 2 << 10

// Attributes are those that a record may have, with what each is.
var Attributes = map[string]string{
	"address":   "where something is listened to or asked: a network address of ours",
	"caller":    "the system that asks, by its name at the identity service",
	"commit":    "of the sources",
	"count":     "how many",
	"error":     "what went wrong",
	"file":      "a path",
	"from":      "a source of trust: a folder or an address",
	"job":       "name of a bulk job",
	"key":       "id of a public key, or of a setting",
	"ms":        "how long something took",
	"operation": "of the interface",
	"problem":   "name of the answer's problem type",
	"reason":    "name of a reason",
	"registry":  "its place, without a password",
	"request":   "id of a request, made here",
	"second":    "whether the second implementation found a fault",
	"shows":     "what the clock of the device shows",
	"status":    "of an answer over HTTP",
	"told":      "the sentence that people are told, about files, sources and devices",
	"version":   "of a program",
}

// New returns a logger; w takes whole lines.
func New(w io.Writer, o Options) (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(o.Level)); o.Level != "" && (err != nil || !member(Levels, o.Level)) {
		return nil, ErrLevel
	}
	options := &slog.HandlerOptions{Level: level, ReplaceAttr: redact}
	var handler slog.Handler
	switch o.Format {
	case "", "text":
		handler = slog.NewTextHandler(w, options)
	case "json":
		handler = slog.NewJSONHandler(w, options)
	default:
		return nil, ErrFormat
	}
	if second := Copy(); second != nil {
		all := &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: redact}
		handler = slog.NewMultiHandler(handler, slog.NewTextHandler(second, all))
	}
	return slog.New(handler), nil
}

func member(all []string, value string) bool {
	for _, one := range all {
		if one == value {
			return true
		}
	}
	return false
}

// redact leaves of an attribute what may be written.
func redact(groups []string, a slog.Attr) slog.Attr {
	if len(groups) == 0 && (a.Key == slog.TimeKey || a.Key == slog.LevelKey) {
		return a
	}
	if _, known := Attributes[a.Key]; (!known || len(groups) > 0) && a.Key != slog.MessageKey {
		return slog.String(a.Key, redacted)
	}
	switch a.Value.Kind() {
	case slog.KindString:
		return slog.String(a.Key, plain(a.Value.String()))
	case slog.KindAny:
		if err, ok := a.Value.Any().(error); ok {
			return slog.String(a.Key, plain(err.Error()))
		}
		return slog.String(a.Key, redacted)
	}
	return a
}

// personal is what is as long as the number of a citizen, of 18 or 15 digits, or of
// a telephone, and no part of something longer.
var personal = regexp.MustCompile(`(^|[^0-9A-Za-z])(\d{17}[0-9Xx]|\d{15}|(?:\+?86[- ]?)?1[3-9]\d{9})($|[^0-9A-Za-z])`)

// plain is a text without such numbers, cut where it is too long.
func plain(text string) string {
	if len(text) > maxText {
		text = strings.ToValidUTF8(text[:maxText], "") + "…"
	}
	if !utf8.ValidString(text) {
		text = strings.ToValidUTF8(text, "\uFFFD")
	}
	for range 2 { // two beside one another share what is between them
		text = personal.ReplaceAllString(text, "${1}"+redacted+"${3}")
	}
	return text
}
