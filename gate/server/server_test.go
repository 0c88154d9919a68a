package server_test

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/tongxing/tongxing/gate"
	"github.com/tongxing/tongxing/gate/gatetest"
	"github.com/tongxing/tongxing/gate/knowledge"
	"github.com/tongxing/tongxing/gate/server"
	"github.com/tongxing/tongxing/spec"
)

const token = "0123456789abcdef"

// device is a running server with its parts.
type device struct {
	*httptest.Server
	gate   *gate.Gate
	server *server.Server
}

func options(t testing.TB, keeper *knowledge.Keeper) server.Options {
	t.Helper()
	g, err := gate.New(gate.Options{Knowledge: keeper, Clock: gatetest.Clock})
	if err != nil {
		t.Fatal(err)
	}
	return server.Options{
		Page:  fstest.MapFS{"index.html": {Data: []byte(`<meta name="gate-token" content="GATE_TOKEN">`)}, "app.js": {Data: []byte("//")}, "assets/a.js": {Data: []byte("//")}},
		Token: token, Version: "test", Gate: g, Keeper: keeper, Clock: gatetest.Clock,
		Explain: func(err error) spec.Label { return spec.Label{ZH: "错", EN: err.Error()} },
		Words:   map[string]spec.Label{"gate_title": {ZH: "闸口", EN: "Gate"}},
	}
}

func start(t testing.TB, o server.Options) *device {
	t.Helper()
	s, err := server.New(o)
	if err != nil {
		t.Fatal(err)
	}
	d := &device{httptest.NewServer(s), o.Gate, s}
	t.Cleanup(d.Close)
	return d
}

// ask sends a request with the token and returns status and body.
func (d *device) ask(t testing.TB, method, path, body string, edit ...func(*http.Request)) (int, string) {
	t.Helper()
	r, err := http.NewRequest(method, d.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set(server.TokenHeader, token)
	for _, f := range edit {
		f(r)
	}
	response, err := d.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(data)
}

func body(t testing.TB, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

type answer struct {
	Screen struct{ Screen, Outcome, Name string }
	Each   []struct{ Screen string }
	Repeat bool
}

func (d *device) verify(t testing.TB, request any) answer {
	t.Helper()
	status, text := d.ask(t, "POST", "/v1/verify", body(t, request))
	var a answer
	if err := json.Unmarshal([]byte(text), &a); err != nil || status != 200 {
		t.Fatalf("%d %s", status, text)
	}
	return a
}

func TestAVenuePickedOnceAndEveryCodeGivesItsScreen(t *testing.T) {
	d := start(t, options(t, gatetest.Keeper(t)))
	if status, text := d.ask(t, "PUT", "/v1/venue", `{"class":3,"region":"33"}`); status != 200 || !strings.Contains(text, `"class":3,"region":"33"`) {
		t.Fatalf("%d %s", status, text)
	}
	for _, code := range gatetest.Codes(t) {
		if a := d.verify(t, map[string]any{"codes": []string{code.Text}}); a.Screen.Screen != code.Screen {
			t.Errorf("code %d: %s, want %s", code.Number, a.Screen.Screen, code.Screen)
		}
		if a := d.verify(t, map[string]any{"typed": "]Q1" + code.Text + "\r\n"}); code.Number != 19 && a.Screen.Screen != code.Screen {
			t.Errorf("code %d typed: %s, want %s", code.Number, a.Screen.Screen, code.Screen)
		}
	}
	two := d.verify(t, map[string]any{"codes": []string{gatetest.Codes(t)[0].Text, gatetest.Codes(t)[2].Text}})
	if len(two.Each) != 2 || two.Repeat {
		t.Errorf("%+v", two)
	}
}

func TestTheSameCodeHeldUpIsOneCheck(t *testing.T) {
	d := start(t, options(t, gatetest.Keeper(t)))
	request := map[string]any{"codes": []string{gatetest.Codes(t)[0].Text}}
	if first, second := d.verify(t, request), d.verify(t, request); first.Repeat || !second.Repeat {
		t.Errorf("%v %v", first.Repeat, second.Repeat)
	}
}

// [GATE-5] A name that was rebound to this machine, a page of another origin and a
// request without the token get nothing.
func TestNobodyElseReachesTheGate(t *testing.T) {
	d := start(t, options(t, gatetest.Keeper(t)))
	for name, edit := range map[string]func(*http.Request){
		"rebound name":    func(r *http.Request) { r.Host = "gate.example:80" },
		"rebound address": func(r *http.Request) { r.Host = "192.0.2.1" },
		"another origin":  func(r *http.Request) { r.Header.Set("Origin", "http://evil.example") },
		"other port":      func(r *http.Request) { r.Header.Set("Origin", "http://127.0.0.1:1") },
		"null origin":     func(r *http.Request) { r.Header.Set("Origin", "null") },
		"cross site":      func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") },
		"no token":        func(r *http.Request) { r.Header.Del(server.TokenHeader) },
		"wrong token":     func(r *http.Request) { r.Header.Set(server.TokenHeader, "0123456789abcdeF") },
	} {
		status, text := d.ask(t, "GET", "/v1/state", "", edit)
		if status != http.StatusForbidden || strings.Contains(text, "knowledge") {
			t.Errorf("%s: %d %s", name, status, text)
		}
	}
	if status, text := d.ask(t, "GET", "/", "", func(r *http.Request) { r.Host = "gate.example" }); status != 403 || strings.Contains(text, token) {
		t.Errorf("the page goes to a rebound name: %d %s", status, text)
	}
	for _, host := range []string{"localhost", "127.0.0.1:1234", "[::1]:80", "LOCALHOST:80", "127.9.9.9"} {
		if status, _ := d.ask(t, "GET", "/v1/state", "", func(r *http.Request) { r.Host = host }); status != 200 {
			t.Errorf("%s: %d", host, status)
		}
	}
}

// [GATE-6]
func TestEveryAnswerCarriesTheStrictPolicyAndThePageTheToken(t *testing.T) {
	d := start(t, options(t, gatetest.Keeper(t)))
	for _, path := range []string{"/", "/app.js", "/v1/state", "/nothing"} {
		response, err := d.Client().Get(d.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		policy := response.Header.Get("Content-Security-Policy")
		if !strings.HasPrefix(policy, "default-src 'none'") || strings.Contains(policy, "http") || strings.Contains(policy, "unsafe-inline") ||
			response.Header.Get("Access-Control-Allow-Origin") != "" || response.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %v", path, response.Header)
		}
		if path == "/" && (!strings.Contains(string(data), token) || strings.Contains(string(data), "GATE_TOKEN")) {
			t.Errorf("%s", data)
		}
	}
}

func TestABadRequestIsOneSentence(t *testing.T) {
	d := start(t, options(t, gatetest.Keeper(t)))
	for _, c := range []struct{ method, path, body, name string }{
		{"POST", "/v1/verify", `{}`, "bad_request"},
		{"POST", "/v1/verify", `{"codes":["a"],"typed":"b"}`, "bad_request"},
		{"POST", "/v1/verify", `{"codes":["a"],"more":1}`, "bad_request"},
		{"POST", "/v1/verify", `{"codes":["a"]} {}`, "bad_request"},
		{"POST", "/v1/verify", `{"CODES":["a"]}`, "bad_request"},
		{"POST", "/v1/verify", `{"codeſ":["a"]}`, "bad_request"}, // which folds to codes
		{"POST", "/v1/verify", `{"codes":["a"],"codes":["b"]}`, "bad_request"},
		{"POST", "/v1/verify", `{"codes":["a"],"presented":{"number":"1","number":"2"}}`, "bad_request"},
		{"POST", "/v1/verify", `{"codes":["a"]`, "bad_request"},
		{"POST", "/v1/verify", `{"codes":["a"]}]`, "bad_request"},
		{"POST", "/v1/verify", strings.Repeat("[", 1<<17), "bad_request"},
		{"POST", "/v1/verify", ``, "bad_request"},
		{"POST", "/v1/verify", `null`, "bad_request"},
		{"POST", "/v1/verify", `{"codes":["1","2","3","4","5","6","7","8","9","a","b","c","d","e","f","g","h"]}`, "too_many_codes"},
		{"POST", "/v1/verify", strings.Repeat(" ", 1<<18), "bad_request"},
		{"POST", "/v1/verify", `{"typed":"TXS1:A"}`, "bad_request"}, // a frame goes to /v1/frame
		{"PUT", "/v1/venue", `{"class":9999}`, "venue_unknown"},
		{"PUT", "/v1/venue", `{"class":3,"region":"99"}`, "venue_unknown"},
		{"PUT", "/v1/venue", `{"region":"33"}`, "venue_unknown"},
		{"POST", "/v1/frame", `{"text":"TX1:"}`, "not_a_frame"},
		{"POST", "/v1/frame", `{"text":"TXS1:A"}`, "damaged_frame"},
		{"GET", "/v1/nothing", ``, "not_found"},
		{"GET", "/nothing", ``, "not_found"},
		{"GET", "/app.js/", ``, "not_found"},
		{"GET", "/assets/", ``, "not_found"}, // no folder is listed
		{"GET", "/%00", ``, "not_found"},
		{"GET", "/..%2f..%2fetc/passwd", ``, "not_found"},
		{"GET", "/..%5c..%5cboot.ini", ``, "not_found"},
		{"POST", "/app.js", ``, "not_found"},
	} {
		status, text := d.ask(t, c.method, c.path, c.body)
		if status < 400 || !strings.Contains(text, `{"error":{"name":"`+c.name+`"`) {
			t.Errorf("%s %s: %d %s", c.path, c.body[:min(len(c.body), 60)], status, text)
		}
	}
}

func TestTheTrainingIsNoRealVerdictAndEndsWhenItIsSwitchedOff(t *testing.T) {
	d := start(t, options(t, gatetest.Empty(t)))
	code := gatetest.Codes(t)[0].Text
	request := map[string]any{"codes": []string{code}}
	if a := d.verify(t, request); a.Screen.Screen != "unverified" {
		t.Fatalf("without trust: %+v", a)
	}
	if status, text := d.ask(t, "POST", "/v1/training", `{"on":true}`); status != 200 || !strings.Contains(text, `"training":true`) {
		t.Fatalf("%d %s", status, text)
	}
	_, text := d.ask(t, "POST", "/v1/verify", body(t, request))
	if !strings.Contains(text, `"screen":"pass"`) || !strings.Contains(text, `"name":"training"`) {
		t.Errorf("%s", text)
	}
	if _, text := d.ask(t, "POST", "/v1/selftest", ""); text != `{"ok":true,"passed":20,"total":20}`+"\n" {
		t.Errorf("%s", text)
	}
	if _, text := d.ask(t, "GET", "/v1/training", ""); strings.Count(text, `"code":`) != 20 {
		t.Errorf("%s", text)
	}
	d.ask(t, "POST", "/v1/training", `{"on":false}`)
	if a := d.verify(t, request); a.Screen.Screen != "unverified" {
		t.Errorf("after the training: %+v", a)
	}
}

func TestEventsReachAPageThatListens(t *testing.T) {
	d := start(t, options(t, gatetest.Keeper(t)))
	response, err := d.Client().Get(d.URL + "/v1/events?token=" + token)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	lines := bufio.NewScanner(response.Body)
	if !lines.Scan() || lines.Text() != ": connected" {
		t.Fatalf("%q", lines.Text())
	}
	d.server.DeviceChanged("scanner", false)
	d.server.KnowledgeChanged()
	var seen []string
	for len(seen) < 3 && lines.Scan() {
		if name, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
			seen = append(seen, name)
		}
	}
	if strings.Join(seen, " ") != "device knowledge clock" {
		t.Errorf("%v", seen)
	}
}

func TestOptionsThatLackAPartAreRefused(t *testing.T) {
	whole := options(t, gatetest.Keeper(t))
	for name, edit := range map[string]func(*server.Options){
		"page":  func(o *server.Options) { o.Page = nil },
		"token": func(o *server.Options) { o.Token = "short" },
		"gate":  func(o *server.Options) { o.Gate = nil },
		"words": func(o *server.Options) { o.Words = nil },
	} {
		o := whole
		edit(&o)
		if _, err := server.New(o); err == nil {
			t.Errorf("without %s", name)
		}
	}
	whole.Page = fstest.MapFS{}
	if _, err := server.New(whole); err == nil {
		t.Error("without index.html")
	}
}
