package gate

import (
	"github.com/tongxing/tongxing/gate/screen"
	"github.com/tongxing/tongxing/internal/jsontext"
)

// AppendJSON appends the JSON of an answer: the screen, of several codes that of
// each, whether the same was judged just before, a temperature,
// and the output for a controller.
func (a Answer) AppendJSON(dst []byte) []byte {
	o := jsontext.Object(dst)
	o.Value("screen", a.Screen.AppendJSON)
	if len(a.Each) > 0 {
		o.Value("each", func(dst []byte) []byte {
			return jsontext.AppendList(dst, a.Each, func(dst []byte, s screen.Screen) []byte { return s.AppendJSON(dst) })
		})
	}
	o.BoolIf("repeat", a.Repeat)
	o.FloatIf("temperature", a.Temperature)
	o.TextIf("output", a.Output)
	return o.End()
}
