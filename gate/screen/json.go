package screen

import (
	"time"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/internal/jsontext"
	"github.com/tongxing/tongxing/spec"
)

// MarshalJSON writes the screen as AppendJSON does.
func (s Screen) MarshalJSON() ([]byte, error) { return s.AppendJSON(nil), nil }

// AppendJSON appends the screen as spec/gate.md gives it (section "Screens"). What
// a screen has nothing for is left out.
func (s Screen) AppendJSON(dst []byte) []byte {
	w := jsontext.Object(dst)
	w.Text("screen", s.Name)
	w.Text("outcome", s.Outcome.String())
	w.Text("colour", s.Colour)
	w.Text("shape", s.Shape)
	w.Value("sound", func(dst []byte) []byte { return jsontext.AppendList(dst, s.Sound, appendTone) })
	w.Value("word", labelJSON(s.Word))
	if s.Reason != 0 {
		w.Value("reason", s.appendReason)
	}
	s.writeHolder(&w)
	w.Value("next", labelJSON(s.NextStep()))
	if s.Another.ZH != "" {
		w.Value("another_way", labelJSON(s.Another))
	}
	if len(s.Conditions) > 0 {
		w.Value("conditions", func(dst []byte) []byte { return jsontext.AppendList(dst, s.Conditions, appendCondition) })
	}
	if len(s.Notices) > 0 {
		w.Value("notices", func(dst []byte) []byte { return jsontext.AppendList(dst, s.Notices, appendNoticeJSON) })
	}
	if s.verdict != nil {
		w.Value("verdict", s.verdict)
	}
	return w.End()
}

// writeHolder writes who shows the code, since when it says what it says, and how
// long.
func (s Screen) writeHolder(w *jsontext.Writer) {
	w.TextIf("name", s.Holder)
	w.TextIf("last_two", s.LastTwo)
	if s.AsOf != 0 {
		w.Text("as_of", time.Unix(s.AsOf, 0).In(format.ChinaTime).Format(time.RFC3339))
		w.Float("hours_left", s.HoursLeft())
	}
	if s.Issuer.ZH != "" {
		w.Value("issuer", labelJSON(s.Issuer))
	}
	w.TextIf("appeal", s.Appeal)
}

func (s Screen) appendReason(dst []byte) []byte {
	w := jsontext.Object(dst)
	w.Int("number", int64(s.Reason))
	w.Text("name", s.Reason.Name())
	w.Text("zh", s.Reason.Text("zh"))
	w.Text("en", s.Reason.Text("en"))
	return w.End()
}

func labelJSON(l spec.Label) func([]byte) []byte {
	return func(dst []byte) []byte {
		w := jsontext.Object(dst)
		w.Text("zh", l.ZH)
		w.Text("en", l.EN)
		return w.End()
	}
}

func appendTone(dst []byte, t spec.Tone) []byte {
	w := jsontext.Object(dst)
	w.Int("hertz", int64(t.Hertz))
	w.Int("ms", int64(t.Milliseconds))
	return w.End()
}

func appendCondition(dst []byte, c Condition) []byte {
	w := jsontext.Object(dst)
	w.Bool("satisfied", c.Satisfied)
	w.Value("asked", labelJSON(c.Asked))
	w.Value("found", labelJSON(c.Found))
	return w.End()
}

func appendNoticeJSON(dst []byte, n Notice) []byte {
	w := jsontext.Object(dst)
	w.Text("name", string(n))
	w.Text("zh", spec.Notice(string(n), "zh"))
	w.Text("en", spec.Notice(string(n), "en"))
	return w.End()
}
