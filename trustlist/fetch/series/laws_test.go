package series

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/tongxing/tongxing/format/qr"
	"github.com/tongxing/tongxing/format/transport"
	"github.com/tongxing/tongxing/trustlist"
)

// random returns n bytes that are the same in every run.
func random(n int) []byte {
	source := rand.NewChaCha8([32]byte{byte(n), byte(n >> 8), byte(n >> 16)})
	data := make([]byte, n)
	source.Read(data)
	return data
}

// gather shows a fresh reader frames until it has the file, and returns how many
// it took. Numbers says which frame comes next.
func gather(t testing.TB, e *Encoder, numbers func() uint32) int {
	t.Helper()
	d := NewDecoder()
	for taken := 1; taken < 100*e.Count()+1000; taken++ {
		p, err := d.Add(e.Frame(numbers()))
		if err != nil {
			t.Fatal(err)
		}
		if p.File != nil {
			if !bytes.Equal(p.File, e.blocks[:e.length]) {
				t.Fatal("another file")
			}
			return taken
		}
	}
	t.Fatalf("no file of %d blocks", e.Count())
	return 0
}

func TestAnyFramesOfFullRankGiveTheFileBack(t *testing.T) {
	source := rand.New(rand.NewPCG(1, 45))
	for range 300 {
		length := 1 + source.IntN(3000)
		e := newEncoder(random(length), 1+source.IntN(min(length, 90)))
		if taken := gather(t, e, source.Uint32); taken < e.Count() {
			t.Fatalf("%d frames for %d blocks", taken, e.Count())
		}
	}
}

// [SERIES-30]
func TestNoPatternOfLossesMatters(t *testing.T) {
	e := newEncoder(random(4000), 40)
	for name, seen := range map[string]func(n uint32) bool{
		"nothing lost":         func(uint32) bool { return true },
		"every second lost":    func(n uint32) bool { return n%2 == 0 },
		"ten in a row lost":    func(n uint32) bool { return n/10%2 == 0 },
		"the blocks lost":      func(n uint32) bool { return n >= 40 },
		"one in seven seen":    func(n uint32) bool { return n%7 == 3 },
		"the last block alone": func(n uint32) bool { return n == 39 || n > 1000 },
	} {
		t.Run(name, func(t *testing.T) {
			n := uint32(0)
			taken := gather(t, e, func() uint32 {
				for n++; !seen(n - 1); n++ {
				}
				return n - 1
			})
			if taken > e.Count()+12 {
				t.Errorf("%d frames for %d blocks", taken, e.Count())
			}
		})
	}
}

func TestSumsAloneTakeLessThanTwoFramesMoreInTheMean(t *testing.T) {
	for _, count := range []int{2, 8, 49, 200} {
		extra, runs := 0, 400
		for run := range runs {
			e := newEncoder(random(count+run*count), count)
			n := uint32(count)
			extra += gather(t, e, func() uint32 { n++; return n - 1 }) - e.Count()
		}
		if mean := float64(extra) / float64(runs); mean > 2 {
			t.Errorf("%d blocks: %.2f frames more", count, mean)
		}
	}
}

func TestBlocksInTheirOrderTakeNoFrameMore(t *testing.T) {
	for _, length := range []int{1, 2, 1000, 20480, MaxFile} {
		e, err := NewEncoder(random(length), Options{})
		if err != nil {
			t.Fatal(err)
		}
		n := uint32(0)
		if taken := gather(t, e, func() uint32 { n++; return n - 1 }); taken != e.Count() {
			t.Errorf("%d bytes: %d frames for %d blocks", length, taken, e.Count())
		}
	}
}

// TestEveryChangedCharacterOfAFrameIsFound changes every character to every other
// one of a keyboard, drops every one and doubles every one.
func TestEveryChangedCharacterOfAFrameIsFound(t *testing.T) {
	e := newEncoder(random(700), 9)
	frame := e.Frame(20)
	refused := func(text string) {
		t.Helper()
		p, err := NewDecoder().Add(text)
		if got := class(p, err); got != "damaged" && got != "not_a_frame" && got != "later" {
			t.Fatalf("%q: %s", text, got)
		}
	}
	for i := range frame {
		for c := byte(' '); c <= '~'; c++ {
			if changed := frame[:i] + string(c) + frame[i+1:]; changed != frame {
				refused(changed)
			}
		}
		refused(frame[:i])
		refused(frame[:i] + frame[i+1:])
		refused(frame[:i] + frame[i:i+1] + frame[i:])
	}
}

// [SERIES-5]
func TestReadersOfHealthCodesSayNotACode(t *testing.T) {
	e := newEncoder(random(300), 3)
	for n := range uint32(20) {
		for _, text := range []string{e.Frame(n), strings.ToLower(e.Frame(n)), "TXS2:" + e.Frame(n)[5:]} {
			if _, err := transport.Decode(text); !errors.Is(err, transport.ErrNotACode) {
				t.Fatalf("%q: %v", text, err)
			}
		}
	}
	for n := range 300 {
		for _, code := range []string{transport.Encode(random(n)), transport.EncodeDigits(random(n)), "TX2:" + transport.Encode(random(n))[4:]} {
			if _, err := NewDecoder().Add(code); !errors.Is(err, ErrNotAFrame) {
				t.Fatalf("%q: %v", code, err)
			}
		}
	}
}

func TestFramesFillSymbolsOfTheVersionAskedFor(t *testing.T) {
	for version := MinVersion; version <= MaxVersion; version++ {
		e, err := NewEncoder(random(3*dataRoom(version)), Options{Version: version})
		if err != nil {
			t.Fatal(err)
		}
		if e.Count() != 3 {
			t.Errorf("version %d: %d blocks, want 3", version, e.Count())
		}
		for _, n := range []uint32{0, 2, 3, 1 << 16, 1<<32 - 1} {
			if got, err := qr.Version(e.Frame(n)); err != nil || got != version {
				t.Errorf("version %d, frame %d: version %d, %v", version, n, got, err)
			}
		}
	}
	for _, length := range []int{1, 100, 20480, MaxFile} {
		e, err := NewEncoder(random(length), Options{Version: 20})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := qr.Version(e.Frame(1<<32 - 1)); err != nil || got > 20 {
			t.Errorf("%d bytes: version %d, %v", length, got, err)
		}
	}
}

func TestFilesAndSymbolsOutOfRangeAreRefused(t *testing.T) {
	for _, c := range []struct {
		length, version int
		want            error
	}{
		{0, 0, ErrFileSize},
		{MaxFile + 1, 0, ErrFileSize},
		{MaxFile, 0, nil},
		{MaxFile, MinVersion, ErrTooManyBlocks},
		{MaxCount * dataRoom(MinVersion), MinVersion, nil},
		{MaxCount*dataRoom(MinVersion) + 1, MinVersion, ErrTooManyBlocks},
		{1, MinVersion - 1, ErrVersion},
		{1, MaxVersion + 1, ErrVersion},
		{1, -1, ErrVersion},
		{1, MaxVersion, nil},
	} {
		e, err := NewEncoder(make([]byte, c.length), Options{Version: c.version})
		if !errors.Is(err, c.want) || (e == nil) != (c.want != nil) {
			t.Errorf("%d bytes in version %d: %v, want %v", c.length, c.version, err, c.want)
		}
	}
}

func TestEncoderKeepsNothingOfTheCallersFile(t *testing.T) {
	file := random(1000)
	e, err := NewEncoder(file, Options{})
	if err != nil {
		t.Fatal(err)
	}
	before := e.Frame(7)
	clear(file)
	if e.Frame(7) != before {
		t.Error("the frame changed with the file")
	}
}

func TestFramesAreTheSameFromManyGoroutines(t *testing.T) {
	e := newEncoder(random(5000), 33)
	want := make([]string, 100)
	for n := range want {
		want[n] = e.Frame(uint32(n))
	}
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for n := range want {
				if e.Frame(uint32(n)) != want[n] {
					t.Errorf("frame %d differs", n)
				}
			}
		})
	}
	group.Wait()
}

// [SERIES-34]
func TestWhatIsGatheredIsAStrangersFile(t *testing.T) {
	e := newEncoder([]byte("no bundle at all, and yet a right series"), 4)
	d := NewDecoder()
	var file []byte
	for n := uint32(0); file == nil; n++ {
		p, err := d.Add(e.Frame(n))
		if err != nil {
			t.Fatal(err)
		}
		file = p.File
	}
	trust, _, err := trustlist.Load(file, trustlist.AnchorHash([32]byte{1}), trustlist.LoadOptions{})
	if !errors.Is(err, trustlist.ErrNotABundle) || trust != nil {
		t.Errorf("%v, want %v", err, trustlist.ErrNotABundle)
	}
}

func ExampleID_String() {
	fmt.Println(newEncoder([]byte("tongxing 2020"), 4).Session())
	// Output: e5ba1c55c79ba6a0
}
