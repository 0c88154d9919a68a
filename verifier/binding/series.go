package binding

import (
	"encoding/hex"

	"github.com/tongxing/tongxing/internal/jsontext"
	"github.com/tongxing/tongxing/trustlist/fetch/series"
)

// frame takes one text of a series of QR codes and says how far the series is; with
// the last one the file is behind the answer.
func (i *Instance) frame(r *request) ([]byte, *problem) {
	i.filming.Lock()
	defer i.filming.Unlock()
	if i.series == nil {
		i.series = series.NewDecoder()
	}
	progress, err := i.series.Add(r.code)
	if err != nil {
		return nil, frameProblems.of(err, "frame_damaged")
	}
	w := jsontext.Object(nil)
	w.Bool("ok", true)
	w.Value("progress", func(dst []byte) []byte {
		w := jsontext.Object(dst)
		w.Text("series", progress.Session.String())
		w.Text("hash", hex.EncodeToString(progress.Hash[:]))
		w.Int("length", int64(progress.Length))
		w.Int("need", int64(progress.Need))
		w.Int("have", int64(progress.Have))
		w.Int("frames", int64(progress.Frames))
		return w.End()
	})
	if progress.File == nil {
		return w.End(), nil
	}
	w.Value("parts", func(dst []byte) []byte {
		return jsontext.AppendList(dst, []part{{"file", uint64(len(progress.File))}}, appendPart)
	})
	return append(append(w.End(), '\n'), progress.File...), nil
}
