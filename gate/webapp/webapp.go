// Package webapp is the gate as a web application: what tongxing-gate does for the
// page over HTTP, in the page itself as WebAssembly. It is a verifier behind the
// frames of spec/binding.md, with three operations more for what the screen shows:
//
//	> {"op":"venue","class":3,"region":"33"}
//	< {"ok":true}
//	> {"op":"judge","codes":["TX1:…"]}                or "typed":"what a scanner typed"
//	< {"ok":true,"answer":{"screen":{"screen":"pass",…}}}
//	> {"op":"train","on":true}
//	< {"ok":true}
//
// The answer is that of POST /v1/verify, so the page shows both the same way.
package webapp

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"time"

	"github.com/tongxing/tongxing/gate"
	"github.com/tongxing/tongxing/gate/screen"
	"github.com/tongxing/tongxing/gate/wedge"
	"github.com/tongxing/tongxing/internal/jsontext"
	"github.com/tongxing/tongxing/verifier"
	"github.com/tongxing/tongxing/verifier/binding"
)

// maxRequest bounds a request of our own: a page of typed text, with room.
const maxRequest = 1 << 17

// App is one page's gate. It is safe for concurrent use.
type App struct {
	instance *binding.Instance
	gate     *gate.Gate
}

// New returns an App that trusts nothing and stands nowhere yet. The clock is the
// device's.
func New(clock func() time.Time) (*App, error) {
	instance := binding.New()
	g, err := gate.New(gate.Options{Knowledge: instance, Clock: clock})
	if err != nil {
		return nil, err
	}
	return &App{instance, g}, nil
}

// request is an operation of our own.
type request struct {
	Op        string   `json:"op"`
	Class     uint16   `json:"class"`
	Region    string   `json:"region"`
	Codes     []string `json:"codes"`
	Typed     *string  `json:"typed"`
	On        bool     `json:"on"`
	Presented *struct {
		DocumentType string `json:"document_type"`
		Number       string `json:"number"`
		Name         string `json:"name"`
	} `json:"presented"`
}

var errRequest = errors.New("not a request of the web application")

// parse reads a request of our own. ours is false for what is the binding's.
func parse(frame []byte) (r request, ours bool, err error) {
	var named struct {
		Op string `json:"op"`
	}
	header, _, _ := bytes.Cut(frame, []byte{'\n'})
	if len(header) > maxRequest || json.Unmarshal(header, &named) != nil {
		return request{}, false, nil // the binding says what is wrong with it
	}
	switch named.Op {
	case "venue", "judge", "train":
	default:
		return request{}, false, nil
	}
	decoder := json.NewDecoder(bytes.NewReader(frame))
	decoder.DisallowUnknownFields()
	var read request
	if err := decoder.Decode(&read); err != nil {
		return request{}, true, errRequest
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return request{}, true, errRequest
	}
	return read, true, nil
}

// Call answers one request frame with one response frame, as [binding.Instance.Call]
// does. It has an answer to all bytes.
func (a *App) Call(frame []byte) []byte {
	r, ours, err := parse(frame)
	if !ours {
		return a.instance.Call(frame)
	}
	if err != nil {
		return refusal()
	}
	switch r.Op {
	case "venue":
		a.gate.SetVenue(gate.Venue{Class: r.Class, Region: r.Region})
	case "train":
		if err := a.gate.Train(r.On); err != nil {
			return refusal()
		}
	default:
		return a.judge(r)
	}
	w := jsontext.Object(nil)
	w.Bool("ok", true)
	return w.End()
}

func (a *App) judge(r request) []byte {
	scan := gate.Scan{Codes: r.Codes}
	if p := r.Presented; p != nil {
		scan.Presented = verifier.Presented(p.DocumentType, p.Number, p.Name)
	}
	if r.Typed != nil {
		typed := wedge.Read(*r.Typed)
		if typed.Garbled {
			return answer(gate.Answer{Screen: screen.SetScanner()})
		}
		scan.Codes = typed.Codes
	}
	if len(scan.Codes) > gate.MaxCodes {
		return refuse("too_many_codes", "一次最多核验 16 个码。", "At most 16 codes are judged together.")
	}
	judged, err := a.gate.Judge(scan)
	if err != nil {
		return refusal()
	}
	return answer(judged)
}

func answer(judged gate.Answer) []byte {
	w := jsontext.Object(nil)
	w.Bool("ok", true)
	w.Value("answer", judged.AppendJSON)
	return w.End()
}

// refusal is the answer to what only a fault of the page asks for.
func refusal() []byte {
	return refuse("malformed", "请求不合格式。", "The request is not well-formed.")
}

func refuse(name, zh, en string) []byte {
	w := jsontext.Object(nil)
	w.Bool("ok", false)
	w.Value("error", func(dst []byte) []byte {
		w := jsontext.Object(dst)
		w.Text("name", name)
		w.Text("zh", zh)
		w.Text("en", en)
		return w.End()
	})
	return w.End()
}
