package paper

import (
	"time"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/spec"
)

// claims returns what the code says beside the status, a line each. In short
// form times are short too, and English leaves them to the Chinese text beside
// it.
func (e *Entry) claims(lang string, short bool) []string {
	c := e.credential
	var out []string
	for _, t := range c.Tests {
		kind, result := spec.TestKindName(t.Kind, lang), spec.ResultName(t.Result, lang)
		switch {
		case !short:
			out = append(out, say(lang, "test", kind, result, moment(lang, c.Reported(t))))
		case lang == english:
			out = append(out, say(lang, "short_test", kind, result))
		default:
			out = append(out, say(lang, "short_test", kind, result, moment(english, c.Reported(t))))
		}
	}
	for _, v := range c.Vaccinations {
		out = append(out, vaccination(v, lang, short))
	}
	for _, kind := range c.Exemptions {
		out = append(out, say(lang, "exemption", spec.ExemptionName(kind, lang)))
	}
	if c.Origin != nil {
		out = append(out, say(lang, "origin", region(lang, c.Origin.Region)))
	}
	return out
}

// vaccination says "dose 2 of 2", or "booster" for a dose beyond the course:
// never "3 of 2".
func vaccination(v format.Vaccination, lang string, short bool) string {
	on := day(lang, format.DayStart(int64(v.Day)))
	key := "dose"
	arguments := []any{spec.ProductName(v.Product, lang), v.Dose}
	if v.Dose > v.Course {
		key = "booster"
	} else {
		arguments = append(arguments, v.Course)
	}
	if short {
		key, on = "short_"+key, day(english, format.DayStart(int64(v.Day)))
	}
	if !short || lang == chinese {
		arguments = append(arguments, on)
	}
	return say(lang, key, arguments...)
}

// moment and day write times as the languages do, at UTC+8.
func moment(lang string, unix int64) string {
	t := time.Unix(unix, 0).In(format.ChinaTime)
	if lang == chinese {
		return t.Format("2006年1月2日 15:04")
	}
	return t.Format("2006-01-02 15:04")
}

func day(lang string, unix int64) string {
	t := time.Unix(unix, 0).In(format.ChinaTime)
	if lang == chinese {
		return t.Format("2006年1月2日")
	}
	return t.Format(time.DateOnly)
}
