package serial_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/tongxing/tongxing/format/transport"
	"github.com/tongxing/tongxing/gate/gatetest"
	"github.com/tongxing/tongxing/gate/serial"
	"github.com/tongxing/tongxing/gate/wedge"
)

// patience is how long a test waits for what has to happen; it matters in failure
// alone.
const patience = 60 * time.Second

// gate is a Run that is under way.
type gate struct {
	texts   chan string
	plugged chan bool
	retry   chan time.Time
	ended   chan error
	stop    context.CancelFunc
}

func start(t *testing.T, device string, idle time.Duration) *gate {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	g := &gate{make(chan string, 2000), make(chan bool, 10), make(chan time.Time), make(chan error, 1), stop}
	go func() {
		g.ended <- serial.Run(ctx, serial.Options{Device: device, Clock: time.Now, Retry: g.retry, Idle: idle},
			func(text string) { g.texts <- text }, func(on bool) { g.plugged <- on })
	}()
	t.Cleanup(stop)
	return g
}

func next[T any](t *testing.T, from <-chan T) T {
	t.Helper()
	select {
	case v := <-from:
		return v
	case <-time.After(patience):
		t.Fatal("nothing came")
		panic("unreachable")
	}
}

// A thousand codes, and the noise between them, through a pseudo terminal: each comes
// out as it was, in its order, and none besides.
func TestAThousandCodesOverASerialPortAndNoneIsWrong(t *testing.T) {
	device := filepath.Join(t.TempDir(), "scanner")
	s := gatetest.Plug(t, device)
	g := start(t, device, 0)
	if !next(t, g.plugged) {
		t.Fatal("not plugged")
	}
	codes := gatetest.Many(t, 1000, transport.Encode, transport.EncodeDigits)
	fed := make(chan error, 1)
	go func() {
		for i, code := range codes {
			if _, err := s.WriteString([]string{"", "]Q1", "\r\n", "\x02"}[i%4] + code + []string{"\r", "\n", "\r\n", "\x03"}[i/4%4]); err != nil {
				fed <- err
				return
			}
		}
		fed <- nil
	}()
	for i, code := range codes {
		if got := wedge.Read(next(t, g.texts)); !slices.Equal(got.Codes, []string{code}) {
			t.Fatalf("code %d: %q", i, got.Codes)
		}
	}
	if err := next(t, fed); err != nil {
		t.Fatal(err)
	}
	g.stop()
	if err := next(t, g.ended); err != nil {
		t.Fatal(err)
	}
}

func TestAScannerThatWasUnpluggedIsFoundAgain(t *testing.T) {
	device := filepath.Join(t.TempDir(), "scanner")
	codes := gatetest.Many(t, 3, transport.Encode)
	g := start(t, device, 0)
	g.retry <- time.Time{} // not there at first
	for _, code := range codes {
		s := gatetest.Plug(t, device)
		select {
		case g.retry <- time.Time{}:
		case <-time.After(patience):
			t.Fatal("it is not looked for")
		}
		if !next(t, g.plugged) {
			t.Fatal("not plugged")
		}
		if _, err := s.WriteString(code + "\rTX1:half of a code"); err != nil {
			t.Fatal(err)
		}
		if got := next(t, g.texts); got != code {
			t.Fatalf("%q, want %q", got, code)
		}
		s.Unplug(t)
		if next(t, g.plugged) {
			t.Fatal("still plugged")
		}
	}
}

// A scanner that sends no Enter: the code is given when nothing more comes, and a
// pause within a code cuts nothing off.
func TestACodeThatNothingEndsIsGivenWhenItIsWhole(t *testing.T) {
	device := filepath.Join(t.TempDir(), "scanner")
	s := gatetest.Plug(t, device)
	g := start(t, device, time.Millisecond)
	next(t, g.plugged)
	for _, code := range gatetest.Many(t, 5, transport.Encode) {
		for i := 0; i < len(code); i += 50 {
			if _, err := s.WriteString(code[i:min(i+50, len(code))]); err != nil {
				t.Fatal(err)
			}
		}
		if got := next(t, g.texts); got != code {
			t.Fatalf("%q, want %q", got, code)
		}
	}
}

func TestASpeedThatThereIsNotIsAnError(t *testing.T) {
	nothing := func(string) {}
	retry := make(chan time.Time)
	o := serial.Options{Device: "/dev/null", Baud: 1234, Clock: time.Now, Retry: retry}
	if err := serial.Run(t.Context(), o, nothing, func(bool) {}); !errors.Is(err, serial.ErrBaud) {
		t.Errorf("%v", err)
	}
	for _, o := range []serial.Options{{}, {Device: "x", Clock: time.Now}, {Device: "x", Retry: retry}, {Device: "x", Clock: time.Now, Retry: retry, Idle: -1}} {
		if err := serial.Run(t.Context(), o, nothing, func(bool) {}); !errors.Is(err, serial.ErrOptions) {
			t.Errorf("%+v: %v", o, err)
		}
	}
}
