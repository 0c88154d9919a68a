package trustlist

import (
	"encoding/hex"
	"time"

	"github.com/tongxing/tongxing/internal/jsontext"
)

// What a device tells of itself is written without reflection too: who embeds the
// verifier does without encoding/json. A test holds the two to each other.

// AppendJSON appends the report as encoding/json writes it.
func (r *Report) AppendJSON(dst []byte) []byte {
	w := jsontext.Object(dst)
	listIf(&w, "faults", r.Faults, appendRegionError)
	listIf(&w, "warnings", r.Warnings, appendRegionError)
	listIf(&w, "held_aside", r.HeldAside, func(dst []byte, h HeldAside) []byte {
		w := jsontext.Object(dst)
		w.Text("region", h.Region)
		w.Text("kind", h.Kind.String())
		stampOf(&w, "issued", h.Issued)
		return w.End()
	})
	listIf(&w, "kept", r.Kept, jsontext.AppendString)
	listIf(&w, "removed", r.Removed, jsontext.AppendString)
	return w.End()
}

func appendRegionError(dst []byte, e *RegionError) []byte {
	w := jsontext.Object(dst)
	w.Text("region", e.Region)
	w.Text("error", e.Err.Error())
	return w.End()
}

// AppendJSON appends the inspection as [Inspection.MarshalJSON] writes it.
func (i *Inspection) AppendJSON(dst []byte) []byte {
	w := jsontext.Object(dst)
	stampIf(&w, "clock", i.Clock)
	stampOf(&w, "effective", i.Effective)
	stampOf(&w, "floor", i.Floor)
	stampOf(&w, "ages_from", i.AgesFrom)
	w.Int("age", i.Age)
	w.Text("freshness", i.Freshness.String())
	w.Value("ladder", i.Ladder.appendJSON)
	stampIf(&w, "next_step", i.NextStep)
	stampIf(&w, "programme_end", i.ProgrammeEnd)
	w.Value("documents", func(dst []byte) []byte { return jsontext.AppendList(dst, i.Documents, appendStanding) })
	listIf(&w, "lacks", i.Lacks, appendLack)
	w.Value("regions", func(dst []byte) []byte { return jsontext.AppendList(dst, i.Regions, appendRegionStanding) })
	return w.End()
}

func (l Ladder) appendJSON(dst []byte) []byte {
	w := jsontext.Object(dst)
	w.Int("fresh", int64(l.Fresh))
	w.Int("short_lived", int64(l.ShortLived))
	w.Int("all", int64(l.All))
	return w.End()
}

func appendStanding(dst []byte, d DocumentStanding) []byte {
	w := jsontext.Object(dst)
	w.Text("kind", d.Kind.String())
	w.TextIf("region", d.Region)
	if d.Kind == KindStatusList {
		w.Int("list", int64(d.List))
	}
	w.Text("version", d.Version.String())
	w.Text("hash", hex.EncodeToString(d.Hash[:]))
	stampOf(&w, "issued", d.Issued)
	w.Int("age", d.Age)
	stampIf(&w, "due", d.Due)
	w.Bool("overdue", d.Overdue)
	w.Int("signers", int64(d.Signers))
	w.BoolIf("holds_floor", d.HoldsFloor)
	return w.End()
}

func appendLack(dst []byte, l Lack) []byte {
	w := jsontext.Object(dst)
	w.Text("kind", l.Kind.String())
	w.TextIf("region", l.Region)
	if l.Kind == KindStatusList {
		w.Int("list", int64(l.List))
	}
	if !l.Known.IsZero() {
		w.Text("known", l.Known.String())
	}
	return w.End()
}

func appendRegionStanding(dst []byte, r RegionStanding) []byte {
	w := jsontext.Object(dst)
	w.Text("code", r.Code)
	w.Text("name", r.Name)
	w.Bool("available", r.Available())
	if r.Unavailable != nil {
		w.TextIf("why", r.Unavailable.Error())
	}
	w.BoolIf("status_behind", r.StatusBehind)
	w.Int("active_keys", int64(r.ActiveKeys))
	stampIf(&w, "keys_until", r.KeysUntil)
	return w.End()
}

func stampOf(w *jsontext.Writer, key string, seconds int64) {
	w.Text(key, time.Unix(seconds, 0).In(chinaTime).Format(time.RFC3339))
}

func stampIf(w *jsontext.Writer, key string, seconds int64) {
	if seconds != 0 {
		stampOf(w, key, seconds)
	}
}

func listIf[T any](w *jsontext.Writer, key string, list []T, one func([]byte, T) []byte) {
	if len(list) > 0 {
		w.Value(key, func(dst []byte) []byte { return jsontext.AppendList(dst, list, one) })
	}
}
