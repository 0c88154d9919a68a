package transcript_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tongxing/tongxing/trustlist/publish/transcript"
)

var (
	morning  = time.Date(2022, 8, 1, 6, 0, 0, 0, time.FixedZone("UTC+8", 8*3600))
	document = sha256.Sum256([]byte("root"))
)

func step(command string, minutes int, signers ...string) transcript.Step {
	s := transcript.Step{
		Time: morning.Add(time.Duration(minutes) * time.Minute), Command: command, Kind: "root", Version: "1.1",
		Hash: document, Fingerprint: "的一是在", Tool: "tongxing (devel)",
	}
	for _, name := range signers {
		s.Signers = append(s.Signers, transcript.Signer{Algorithm: "SM2", Thumbprint: sha256.Sum256([]byte(name)), Groups: []string{"SM2"}})
	}
	return s
}

func record(tb testing.TB, steps ...transcript.Step) *transcript.Transcript {
	tb.Helper()
	t := new(transcript.Transcript)
	for _, s := range steps {
		var err error
		if t, err = t.Append(s); err != nil {
			tb.Fatal(err)
		}
	}
	return t
}

func ceremony(tb testing.TB) *transcript.Transcript {
	return record(tb, step("root init", 0), step("root sign", 20, "a"), step("root sign", 30, "b"), step("root combine", 40, "a", "b"))
}

func Example() {
	t := new(transcript.Transcript)
	var err error
	for _, command := range []string{"root init", "root sign"} {
		t, err = t.Append(transcript.Step{
			Time: time.Date(2022, 8, 1, 6, 0, 0, 0, time.UTC), Command: command, Kind: "root", Version: "1.1", Tool: "tongxing 1.0",
		})
		if err != nil {
			fmt.Println(err)
			return
		}
	}
	lines := strings.SplitAfter(string(t.Bytes()), "\n")
	_, err = transcript.Parse([]byte(lines[1]))
	fmt.Println(len(t.Steps()), err)
	// Output: 2 line 1: transcript: lines do not follow on one another
}

func TestWhatIsWrittenIsReadBack(t *testing.T) {
	written := ceremony(t)
	read, err := transcript.Parse(written.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if len(read.Steps()) != 4 || read.Head() != written.Head() || !bytes.Equal(read.Bytes(), written.Bytes()) {
		t.Errorf("%+v", read.Steps())
	}
	if empty, err := transcript.Parse(nil); err != nil || empty.Head() != (transcript.Hash{}) {
		t.Error(err)
	}
	if longer, err := read.Append(step("root verify", 50)); err != nil || len(longer.Steps()) != 5 || len(read.Steps()) != 4 {
		t.Error("a transcript that was added to has changed itself", err)
	}
}

// Removing, exchanging, repeating or changing any line shows, but for lines cut
// off at the end: these show in the head, which people write down.
func TestALineThatIsRemovedOrChangedShows(t *testing.T) {
	whole := ceremony(t)
	lines := bytes.SplitAfter(bytes.TrimSuffix(whole.Bytes(), []byte("\n")), []byte("\n"))
	lines[3] = append(lines[3], '\n')
	for i := range 3 {
		if _, err := transcript.Parse(bytes.Join(slices.Delete(slices.Clone(lines), i, i+1), nil)); !errors.Is(err, transcript.ErrChain) {
			t.Errorf("without line %d: %v", i+1, err)
		}
		exchanged := slices.Clone(lines)
		exchanged[i], exchanged[i+1] = exchanged[i+1], exchanged[i]
		if _, err := transcript.Parse(bytes.Join(exchanged, nil)); !errors.Is(err, transcript.ErrChain) {
			t.Errorf("lines %d and %d exchanged: %v", i+1, i+2, err)
		}
	}
	cut, err := transcript.Parse(bytes.Join(lines[:3], nil))
	if err != nil || cut.Head() == whole.Head() {
		t.Errorf("without the last line: %v, and the head is the same", err)
	}
	data := whole.Bytes()
	last := bytes.LastIndexByte(data[:len(data)-1], '\n')
	for i := range data {
		changed := bytes.Clone(data)
		changed[i] ^= 1
		read, err := transcript.Parse(changed)
		if i <= last && err == nil || i > last && err == nil && read.Head() == whole.Head() {
			t.Fatalf("byte %d changed and it does not show", i)
		}
		if err != nil && read != nil {
			t.Fatal("a transcript beside an error")
		}
	}
}

func TestWhatIsNoTranscriptIsRefused(t *testing.T) {
	line := string(record(t, step("root init", 0)).Bytes())
	for name, text := range map[string]string{
		"text":              "root init\n",
		"an empty line":     "\n" + line,
		"no line feed":      strings.TrimSuffix(line, "\n"),
		"a blank more":      strings.Replace(line, ":", ": ", 1),
		"a later field":     strings.Replace(line, `"tool"`, `"x":1,"tool"`, 1),
		"a value twice":     strings.Replace(line, `"tool"`, `"step":1,"tool"`, 1),
		"something behind":  strings.TrimSuffix(line, "\n") + " {}\n",
		"too long":          strings.Repeat("x", transcript.MaxSize+1),
		"capital digits":    strings.Replace(line, fmt.Sprintf("%x", document), fmt.Sprintf("%X", document), 1),
		"a hash cut short":  strings.Replace(line, fmt.Sprintf("%x", document), fmt.Sprintf("%x", document[:31]), 1),
		"a number as words": strings.Replace(line, `"step":1`, `"step":"1"`, 1),
	} {
		if _, err := transcript.Parse([]byte(text)); !errors.Is(err, transcript.ErrNotATranscript) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestEverySignatureIsAccountedFor(t *testing.T) {
	a, b, c := transcript.Hash(sha256.Sum256([]byte("a"))), transcript.Hash(sha256.Sum256([]byte("b"))), transcript.Hash(sha256.Sum256([]byte("c")))
	signed := transcript.Document{Kind: "root", Version: "1.1", Hash: document, Signers: []transcript.Hash{a, b}}
	if f := transcript.Check(signed, ceremony(t)); !f.Good() || len(f.Unused)+len(f.Others)+len(f.Backwards) != 0 {
		t.Errorf("%+v", f)
	}
	apart := transcript.Check(signed, record(t, step("root sign", 0, "a")), record(t, step("root sign", 0, "b")))
	if !apart.Good() {
		t.Errorf("two machines: %+v", apart)
	}
	collected := record(t, step("root combine", 0, "a", "b"))
	if f := transcript.Check(signed, collected); f.Good() || !slices.Equal(f.Unrecorded, []transcript.Hash{a, b}) {
		t.Errorf("who collects has not signed: %+v", f)
	}
	more := signed
	more.Signers = []transcript.Hash{a, b, c}
	if f := transcript.Check(more, ceremony(t)); f.Good() || !slices.Equal(f.Unrecorded, []transcript.Hash{c}) {
		t.Errorf("an unrecorded signature: %+v", f)
	}
	fewer := signed
	fewer.Signers = []transcript.Hash{a}
	if f := transcript.Check(fewer, ceremony(t)); !f.Good() || !slices.Equal(f.Unused, []transcript.Hash{b}) {
		t.Errorf("an unused signature: %+v", f)
	}
	other := signed
	other.Hash[0] ^= 1
	if f := transcript.Check(other, ceremony(t)); f.Good() || !f.Absent || len(f.Others) != 4 {
		t.Errorf("another draft: %+v", f)
	}
	if f := transcript.Check(signed); f.Good() || !f.Absent {
		t.Errorf("nothing: %+v", f)
	}
	if f := transcript.Check(signed, record(t, step("root sign", 20, "a"), step("root sign", 10, "b"))); !f.Good() || len(f.Backwards) != 1 {
		t.Errorf("a clock that goes back: %+v", f)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(ceremony(f).Bytes())
	f.Add(record(f, step("root init", 0)).Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		read, err := transcript.Parse(data)
		if err != nil {
			if read != nil {
				t.Fatal("a transcript beside an error")
			}
			return
		}
		again := new(transcript.Transcript)
		for _, s := range read.Steps() {
			if again, err = again.Append(s); err != nil {
				return // a time with a fraction of a second, which nobody writes
			}
		}
		if !bytes.Equal(again.Bytes(), data) && !strings.Contains(string(data), ".") {
			t.Fatalf("%q comes back as %q", data, again.Bytes())
		}
	})
}
