package document_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tongxing/tongxing/gate/document"
	"github.com/tongxing/tongxing/verifier"
)

const citizen = `{"document_type":"01","number":"339999196001058363","name":"廖浩然"}`

// [GATE-7]
func TestALineIsOneOfTheProtocolOrPassedOver(t *testing.T) {
	for line, want := range map[string]document.Reading{
		citizen: {Type: "01", Number: "339999196001058363", Name: "廖浩然"},
		`{"document_type":"03","number":"E1","temperature":36.5}`: {Type: "03", Number: "E1", Temperature: 36.5},
		`{"temperature":25}`: {Temperature: 25}, `{"temperature":45}`: {Temperature: 45}, `{"removed":true}`: {Removed: true},
	} {
		if got, err := document.Parse([]byte(line)); err != nil || got != want {
			t.Errorf("%s: %+v %v", line, got, err)
		}
	}
	for _, line := range []string{
		``, `{}`, `[]`, `null`, `{"number":"339999196001058363"}`, `{"document_type":"01"}`, `{"name":"廖浩然"}`, `{"removed":false}`,
		`{"Document_Type":"01","Number":"339999196001058363"}`, `{"temperature":36,"temperature":37}`, `{"temperature":36,"name":null}`,
		`{"document_type":"01","number":"1","number":"339999196001058363"}`, "{\"document_type\":\"01\",\"number\":\"\xff\"}",
		`{"temperature":24.9}`, `{"temperature":45.1}`, `{"temperature":"36"}`, `{"photo":"…","temperature":36}`, citizen + citizen,
		`{"document_type":"01","number":"339999196001058363","removed":true}`, `{"temperature":36,"name":"` + strings.Repeat("x", document.MaxLine) + `"}`,
	} {
		_, err := document.Parse([]byte(line))
		if !errors.Is(err, document.ErrNotALine) {
			t.Errorf("%.60s: %v", line, err)
		}
		if err != nil && strings.Contains(err.Error(), "3399") {
			t.Errorf("the error repeats the number: %v", err)
		}
	}
}

func TestAStreamGoesOnAfterALineThatIsNone(t *testing.T) {
	var got []document.Reading
	stream := citizen + "\n" + strings.Repeat("x", 3*document.MaxLine) + "\n\nnoise\r\n{\"temperature\":36.5}\r\n{\"removed\":true}"
	if err := document.Read(strings.NewReader(stream), func(r document.Reading) { got = append(got, r) }); err != nil || len(got) != 3 || !got[2].Removed {
		t.Errorf("%+v %v", got, err)
	}
}

// [GATE-8]
func TestADocumentCountsUntilItIsRemovedReplacedOrAMinuteHasPassed(t *testing.T) {
	var desk document.Desk
	at := time.Unix(1660000000, 0)
	lies := func(at time.Time) bool { return desk.Presented(at) != verifier.Context{} }
	one := document.Reading{Type: "01", Number: "339999196001058363", Temperature: 36.5}
	desk.Put(one, at)
	if !lies(at) || !lies(at.Add(document.Lies-1)) {
		t.Error("it lies there")
	}
	if desk.TakeTemperature() != 36.5 || desk.TakeTemperature() != 0 {
		t.Error("a temperature is shown once")
	}
	if lies(at.Add(document.Lies)) || lies(at) {
		t.Error("after a minute it is gone for good")
	}
	desk.Put(one, at)
	desk.Put(document.Reading{Temperature: 37}, at)
	if !lies(at) || desk.TakeTemperature() != 37 {
		t.Error("a temperature takes no document away")
	}
	desk.Put(document.Reading{Removed: true}, at)
	if lies(at) {
		t.Error("removed")
	}
	desk.Put(one, at)
	if lies(at.Add(-time.Hour)) {
		t.Error("a clock that fell")
	}
}

// A fake reader on the socket: it comes, writes, goes, and comes again.
func TestAReaderOnASocket(t *testing.T) {
	path := filepath.Join(t.TempDir(), "reader")
	ctx, stop := context.WithCancel(t.Context())
	readings, plugged, ended := make(chan document.Reading, 10), make(chan bool, 10), make(chan error, 1)
	serve := func() {
		listener, err := document.Listen(ctx, path)
		if err != nil {
			ended <- err
			return
		}
		ended <- document.Serve(ctx, listener, func(r document.Reading) { readings <- r }, func(on bool) { plugged <- on })
	}
	go serve()
	var reader net.Conn
	var err error
	for range 3 {
		for reader == nil {
			if reader, err = net.Dial("unix", path); err == nil {
				break
			}
			reader = nil
			select {
			case err := <-ended:
				t.Fatal(err)
			case <-time.After(time.Millisecond): // until it listens
			}
		}
		fmt.Fprintln(reader, citizen)
		if r := <-readings; r.Name != "廖浩然" || !<-plugged {
			t.Fatalf("%+v", r)
		}
		reader.Close()
		if <-plugged {
			t.Fatal("still plugged")
		}
		reader = nil
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
	for what, path := range map[string]string{"a second device on one socket": path, "a folder": filepath.Dir(path)} {
		if _, err := document.Listen(ctx, path); !errors.Is(err, os.ErrExist) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := document.Listen(ctx, filepath.Join(path, "nowhere")); err == nil {
		t.Error("below a socket")
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(citizen))
	f.Add([]byte(`{"temperature":36.5}`))
	f.Add([]byte(`{"removed":true}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		r, err := document.Parse(line)
		if (err != nil) != (r == document.Reading{}) || r.Temperature != 0 && (r.Temperature < 25 || r.Temperature > 45) {
			t.Fatalf("%q: %+v %v", line, r, err)
		}
	})
}

func ExampleParse() {
	r, err := document.Parse([]byte(`{"document_type":"01","number":"339999196001058363","temperature":36.5}`))
	fmt.Println(r.Type, r.Temperature, err)
	// Output: 01 36.5 <nil>
}
