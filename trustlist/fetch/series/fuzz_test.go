package series

import (
	"crypto/sha256"
	"math/bits"
	"strings"
	"testing"
)

// FuzzDecoder shows a reader lines of any text. Whatever it gives has the hash that
// its frames name, and it never holds more than its bounds.
func FuzzDecoder(f *testing.F) {
	for _, v := range loadVectors(f) {
		var lines []string
		for _, text := range v.Texts {
			if len(lines) < 40 {
				lines = append(lines, text.Text)
			}
		}
		f.Add(strings.Join(lines, "\n"))
	}
	f.Fuzz(func(t *testing.T, texts string) {
		d := NewDecoder()
		for text := range strings.SplitSeq(texts, "\n") {
			p, err := d.Add(text)
			if class(p, err) == "" || err != nil && (p.File != nil || p.Need != 0) {
				t.Fatalf("%+v beside %v", p, err)
			}
			if err == nil {
				checkProgress(t, p)
			}
			checkBounds(t, d)
		}
	})
}

func checkProgress(t *testing.T, p Progress) {
	t.Helper()
	if p.Have < 1 || p.Have > p.Need || p.Frames < p.Have || p.File != nil && p.Have < p.Need {
		t.Fatalf("%d of %d after %d frames, file of %d bytes", p.Have, p.Need, p.Frames, len(p.File))
	}
	if p.File != nil && (len(p.File) != p.Length || sha256.Sum256(p.File) != p.Hash) {
		t.Fatalf("a file of %d bytes that is not the one named", len(p.File))
	}
}

// checkBounds is SERIES-33: no more sessions than MaxSessions, no more equations
// than frames that came.
func checkBounds(t *testing.T, d *Decoder) {
	t.Helper()
	if len(d.sessions) > MaxSessions {
		t.Fatalf("%d sessions", len(d.sessions))
	}
	for _, s := range d.sessions {
		if n := len(s.equations) + len(s.spare); n > s.frames || len(s.equations) > s.count || len(s.spare) > maxSpare {
			t.Fatalf("%d equations of %d after %d frames", n, s.count, s.frames)
		}
		for _, equation := range s.equations {
			if len(equation) != 2*rowBytes(s.count)+s.blockSize() {
				t.Fatalf("an equation of %d bytes", len(equation))
			}
		}
	}
}

// FuzzRoundTrip gives a file, a number of blocks and a pattern of losses: what
// comes through gives the file back as soon as its rank is full, and not before.
func FuzzRoundTrip(f *testing.F) {
	for _, v := range loadVectors(f) {
		if v.File != nil {
			f.Add([]byte(v.File), uint16(len(v.Texts)), uint64(len(v.Texts)))
		}
	}
	f.Fuzz(func(t *testing.T, file []byte, count uint16, lost uint64) {
		if len(file) < 1 || len(file) > 1<<14 {
			return
		}
		// Blocks that fit into the longest text, 4,296 characters of base45.
		blocks := max(int(count)%64+1, (len(file)+2047)/2048)
		e := newEncoder(file, min(blocks, len(file)))
		d := NewDecoder()
		for n := uint32(0); n < uint32(20*e.Count()+1000); n++ {
			if lost>>(n%64)&1 != 0 && lost != 1<<64-1 {
				continue
			}
			p, err := d.Add(e.Frame(n))
			if err != nil {
				t.Fatal(err)
			}
			checkProgress(t, p)
			if p.File != nil {
				if string(p.File) != string(file) {
					t.Fatal("another file")
				}
				return
			}
		}
		if bits.OnesCount64(lost) < 60 || lost == 1<<64-1 {
			t.Fatalf("no file of %d blocks", e.Count())
		}
	})
}
