package series

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"math/rand/v2"
	"testing"
)

// forged returns a frame of e with the right check and wrong data.
func forged(e *Encoder, sequence uint32) string {
	data := bytes.Repeat([]byte{0x5a}, e.blockSize())
	f := frame{e.header, e.session, sequence, data}
	return f.text()
}

// [SERIES-31] [SERIES-35]
func TestOneForgedFrameIsFoundByThoseThatFollow(t *testing.T) {
	for _, count := range []int{1, 2, 20, 200} {
		e := newEncoder(random(100*count), count)
		most := 0
		for at := range uint32(min(count, 40)) { // which of the frames is forged
			d := NewDecoder()
			taken, poisoned := 0, 0
			var file []byte
			for n := uint32(0); file == nil; n++ {
				text := e.Frame(n)
				if n == at {
					text = forged(e, n)
				}
				p, err := d.Add(text)
				if errors.Is(err, ErrPoisoned) {
					poisoned++
				} else if err != nil {
					t.Fatal(err)
				}
				checkBounds(t, d)
				file = p.File
				taken++
			}
			if !bytes.Equal(file, e.blocks[:e.length]) || poisoned != 1 {
				t.Errorf("%d blocks, forged frame %d: poisoned %d times", count, at, poisoned)
			}
			most = max(most, taken-count)
		}
		if most > 12 {
			t.Errorf("%d blocks: %d frames more", count, most)
		}
	}
}

// [SERIES-35]
func TestSeveralForgedFramesAreForgottenWithAllOthers(t *testing.T) {
	e := newEncoder(random(2000), 20)
	d := NewDecoder()
	poisoned := 0
	var file []byte
	for n := uint32(0); file == nil; n++ {
		text := e.Frame(n)
		if n == 3 || n == 11 {
			text = forged(e, n)
		}
		p, err := d.Add(text)
		if errors.Is(err, ErrPoisoned) {
			poisoned++
		} else if err != nil {
			t.Fatal(err)
		}
		if file = p.File; n > 20+maxSpare+20+12 {
			t.Fatalf("no file after %d frames", n)
		}
	}
	if !bytes.Equal(file, e.blocks[:e.length]) || poisoned != 2 {
		t.Errorf("poisoned %d times; the file is the same: %t", poisoned, bytes.Equal(file, e.blocks[:e.length]))
	}
}

// A screen that shows forged frames of the session for a while, all of them with
// rows that tell something new, delays as long as it is there.
func TestAFileComesThroughOnceTheHostileScreenIsGone(t *testing.T) {
	e := newEncoder(random(2000), 20)
	d := NewDecoder()
	n := uint32(0)
	for ; n < 200; n++ {
		text := e.Frame(n)
		if n%10 == 0 {
			text = forged(e, n)
		}
		if p, err := d.Add(text); p.File != nil || err != nil && !errors.Is(err, ErrPoisoned) {
			t.Fatalf("frame %d: file of %d bytes, %v", n, len(p.File), err)
		}
	}
	for ; ; n++ {
		p, err := d.Add(e.Frame(n))
		if err != nil && !errors.Is(err, ErrPoisoned) {
			t.Fatal(err)
		}
		if p.File != nil {
			break
		}
		if n > 200+2*20+maxSpare+12 {
			t.Fatal("no file after the hostile screen is gone")
		}
	}
}

// [SERIES-33]
func TestFramesOfManySeriesTakeNoMoreRoomThanThemselves(t *testing.T) {
	d := NewDecoder()
	for i := range 2000 {
		h := header{count: MaxCount, length: MaxFile, hash: sha256.Sum256([]byte{byte(i), byte(i >> 8)})}
		f := frame{h, h.session(), 1<<32 - 1, make([]byte, h.blockSize())}
		if _, err := d.Add(f.text()); err != nil {
			t.Fatal(err)
		}
		checkBounds(t, d)
	}
	held := 0
	for _, s := range d.sessions {
		for _, equation := range s.equations {
			held += cap(equation)
		}
	}
	if held > 2*MaxSessions*1024 {
		t.Errorf("%d bytes are held after frames of %d series", held, 2000)
	}
}

func TestStrangeSeriesDoNotPushOutTheOneThatIsBeingRead(t *testing.T) {
	e := newEncoder(random(2000), 20)
	d := NewDecoder()
	for n := range uint32(20) {
		p, err := d.Add(e.Frame(n))
		if err != nil {
			t.Fatal(err)
		}
		if int(n)+1 != p.Have {
			t.Fatalf("%d frames are held after %d", p.Have, n+1)
		}
		if n == 0 {
			continue // a series with one frame is as good as any other
		}
		for i := range byte(2 * MaxSessions) {
			if _, err := d.Add(newEncoder([]byte{byte(n), i}, 2).Frame(0)); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestTheSeriesThatWasLeftLongestGivesWay(t *testing.T) {
	d := NewDecoder()
	var first []*Encoder
	for i := range byte(MaxSessions) {
		e := newEncoder([]byte{i, 1, 2, 3}, 4)
		first = append(first, e)
		add(t, d, e.Frame(0))
	}
	add(t, d, first[0].Frame(0))                           // seen again
	add(t, d, newEncoder([]byte{99, 1, 2, 3}, 4).Frame(0)) // pushes first[1] out
	for i, want := range []int{2, 1, 2, 2} {
		if i == 1 {
			continue // asking would begin it anew
		}
		if p := add(t, d, first[i].Frame(1)); p.Have != want {
			t.Errorf("series %d: %d frames, want %d", i, p.Have, want)
		}
	}
	if d.sessions[first[1].Session()] != nil {
		t.Error("the series that was left longest is still there")
	}
}

func add(t *testing.T, d *Decoder, text string) Progress {
	t.Helper()
	p, err := d.Add(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// [SERIES-35]
func TestOneForgedFrameAnywhereIsFoundWhateverIsLost(t *testing.T) {
	source := rand.New(rand.NewPCG(5, 35))
	for run := range 300 {
		count := 1 + source.IntN(80)
		e := newEncoder(random(7*count+run), count)
		at, taken := source.IntN(count+4), 0
		d := NewDecoder()
		for n := uint32(0); ; n++ {
			if source.Float64() < simulatedLoss {
				continue
			}
			text := e.Frame(n)
			if taken == at {
				text = forged(e, n)
			}
			p, err := d.Add(text)
			if err != nil && !errors.Is(err, ErrPoisoned) {
				t.Fatal(err)
			}
			if p.File != nil {
				if !bytes.Equal(p.File, e.blocks[:e.length]) {
					t.Fatal("another file")
				}
				break
			}
			if taken++; taken > count+maxSpare+8 {
				t.Fatalf("%d blocks, frame %d forged: no file after %d frames", count, at, taken)
			}
		}
	}
}
