package format

import (
	"encoding/hex"
	"strconv"
	"time"

	"github.com/tongxing/tongxing/internal/jsontext"
)

// AppendJSON appends the credential as [Credential.MarshalJSON] writes it.
//
// It is written for programs and people: numbers as on the wire, times in full at
// UTC+8. It is an output form only; nothing reads it back.
func (c *Credential) AppendJSON(dst []byte) []byte {
	w := jsontext.Object(dst)
	w.Text("issuer", c.Issuer)
	w.Text("issued", rfc3339(c.IssuedAt))
	w.Text("expires", rfc3339(c.Expires))
	w.Value("holder", c.Holder.appendJSON)
	w.Int("list", int64(c.Ref.List))
	w.Int("index", int64(c.Ref.Index))
	if c.Status != nil {
		w.Value("status", c.appendStatus)
	}
	if len(c.Tests) > 0 {
		w.Value("tests", func(dst []byte) []byte { return jsontext.AppendList(dst, c.Tests, c.appendTest) })
	}
	if len(c.Vaccinations) > 0 {
		w.Value("vaccinations", func(dst []byte) []byte { return jsontext.AppendList(dst, c.Vaccinations, appendVaccination) })
	}
	if len(c.Exemptions) > 0 {
		w.Value("exemptions", func(dst []byte) []byte { return jsontext.AppendList(dst, c.Exemptions, appendKind) })
	}
	if o := c.Origin; o != nil {
		w.Value("origin", o.appendJSON)
	}
	return w.End()
}

// MarshalJSON writes the credential with times in full, RFC 3339 at UTC+8.
func (c *Credential) MarshalJSON() ([]byte, error) { return c.AppendJSON(nil), nil }

func (h *Holder) appendJSON(dst []byte) []byte {
	w := jsontext.Object(dst)
	w.Text("name", h.Name)
	w.Int("document_class", int64(h.Class))
	w.Text("last_two", h.LastTwo)
	w.Text("tag", hex.EncodeToString(h.Tag[:]))
	return w.End()
}

func (c *Credential) appendStatus(dst []byte) []byte {
	w := jsontext.Object(dst)
	w.Int("state", int64(c.Status.State))
	w.Int("rule", int64(c.Status.Rule))
	w.Text("determined", rfc3339(c.Determined()))
	return w.End()
}

func (c *Credential) appendTest(dst []byte, t Test) []byte {
	w := jsontext.Object(dst)
	w.Int("kind", int64(t.Kind))
	w.Int("result", int64(t.Result))
	w.Text("reported", rfc3339(c.Reported(t)))
	w.Int("laboratory", int64(t.Laboratory))
	return w.End()
}

func appendVaccination(dst []byte, v Vaccination) []byte {
	w := jsontext.Object(dst)
	w.Int("product", int64(v.Product))
	w.Int("dose", int64(v.Dose))
	w.Int("course", int64(v.Course))
	w.Text("day", time.Unix(DayStart(int64(v.Day)), 0).In(ChinaTime).Format(time.DateOnly))
	return w.End()
}

func appendKind(dst []byte, kind uint16) []byte { return strconv.AppendUint(dst, uint64(kind), 10) }

func (o *Origin) appendJSON(dst []byte) []byte {
	w := jsontext.Object(dst)
	w.Text("region", o.Region)
	w.Text("key_id", hex.EncodeToString(o.KeyID[:]))
	return w.End()
}

func rfc3339(unix int64) string {
	return time.Unix(unix, 0).In(ChinaTime).Format(time.RFC3339)
}
