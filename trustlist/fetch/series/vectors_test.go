package series

import (
	"bytes"
	"errors"
	"testing"

	"github.com/tongxing/tongxing/spec/vectors"
)

func loadVectors(tb testing.TB) []vectors.Series {
	tb.Helper()
	all, err := vectors.LoadSeries()
	if err != nil {
		tb.Fatal(err)
	}
	return all
}

// class names what Add says as the vectors do.
func class(p Progress, err error) string {
	switch {
	case errors.Is(err, ErrNotAFrame):
		return "not_a_frame"
	case errors.Is(err, ErrLaterVersion):
		return "later"
	case errors.Is(err, ErrDamaged):
		return "damaged"
	case errors.Is(err, ErrPoisoned):
		return "poisoned"
	case err != nil:
		return err.Error()
	case p.File != nil:
		return "complete"
	}
	return "frame"
}

func TestReaderSaysWhatTheVectorsSay(t *testing.T) {
	classes := map[string]int{}
	for _, v := range loadVectors(t) {
		t.Run(v.Name, func(t *testing.T) {
			d := NewDecoder()
			var file []byte
			poisoned := false
			for i, text := range v.Texts {
				p, err := d.Add(text.Text)
				got := class(p, err)
				if poisoned && got == "complete" { // earlier than who forgets all
					file = p.File
					break
				}
				if got != text.Expect {
					t.Fatalf("text %d: %s, want %s (%v)", i, got, text.Expect, err)
				}
				poisoned = poisoned || got == "poisoned"
				if err != nil && !equalProgress(p, Progress{}) {
					t.Fatalf("text %d: %+v beside an error", i, p)
				}
				if p.File != nil {
					file = p.File
				}
				classes[text.Expect]++
			}
			if !bytes.Equal(file, v.File) {
				t.Errorf("file %x, want %x", file, []byte(v.File))
			}
		})
	}
	for _, class := range []string{"frame", "complete", "poisoned", "not_a_frame", "later", "damaged"} {
		if classes[class] == 0 {
			t.Errorf("no vector expects %s", class)
		}
	}
}

func equalProgress(a, b Progress) bool {
	return a.Session == b.Session && a.Have == b.Have && a.Need == b.Need && a.Frames == b.Frames && bytes.Equal(a.File, b.File)
}

// [SERIES-1] [SERIES-20] [SERIES-21] [SERIES-22]
func TestWriterWritesTheFramesOfTheVectors(t *testing.T) {
	compared := 0
	for _, v := range loadVectors(t) {
		if v.File == nil {
			continue
		}
		for i, text := range v.Texts {
			if text.Row == nil {
				continue
			}
			e := newEncoder(v.File, text.Count)
			session := e.Session()
			if !bytes.Equal(session[:], text.Session) {
				continue // of another file
			}
			if row := appendRow(nil, session, text.Sequence, text.Count); !bytes.Equal(row, text.Row) {
				t.Errorf("%s, text %d: row %x, want %x", v.Name, i, row, []byte(text.Row))
			}
			if v.Name == "blanks" || text.Expect == "poisoned" {
				continue
			}
			if got := e.Frame(text.Sequence); got != text.Text && !hostile(v, i) {
				t.Errorf("%s, text %d: frame %d is %q, want %q", v.Name, i, text.Sequence, got, text.Text)
			}
			compared++
		}
	}
	if compared < 500 {
		t.Errorf("%d frames compared: too few to prove anything", compared)
	}
}

// hostile tells whether a text of a vector carries wrong data on purpose.
func hostile(v vectors.Series, i int) bool {
	return v.Name == "filling" && i == 3 || v.Name == "poisoned" && i == 1 || v.Name == "poisoned-last" && i == 3 || v.Name == "dependent-wrong" && i == 2
}

// [SERIES-21]
func TestRowsOfFewFramesAreThoseOfTheVectors(t *testing.T) {
	seen := 0
	for _, v := range loadVectors(t) {
		for i, text := range v.Texts {
			if v.File != nil || text.Row == nil {
				continue
			}
			seen++
			if row := appendRow(nil, ID(text.Session), text.Sequence, text.Count); !bytes.Equal(row, text.Row) {
				t.Errorf("%s, text %d: row %x, want %x", v.Name, i, row, []byte(text.Row))
			}
		}
	}
	if seen == 0 {
		t.Error("no vector of 1,024 blocks")
	}
}
