package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/tongxing/tongxing/gate/gatetest"
	"github.com/tongxing/tongxing/gate/training"
)

// running is the program with its page open.
type running struct {
	*exec.Cmd
	url, token string
}

// open starts the program, under the command that is given before it, and waits until
// its page is open.
func open(t *testing.T, before []string, folder string, flags ...string) *running {
	t.Helper()
	args := append(append([]string{}, before...), built, "--listen", "127.0.0.1:0", "--at", now, "--lang", "en")
	args = append(args, flags...)
	c := exec.Command(args[0], args[1:]...)
	c.Dir, c.Env, c.Stderr = folder, append(os.Environ(), "HOME="+folder), os.Stderr
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		syscall.Kill(-c.Process.Pid, syscall.SIGKILL) // with what it traces
		c.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("%q: %v", line, err)
	}
	r := &running{Cmd: c, url: strings.TrimSuffix(regexp.MustCompile(`http://\S+`).FindString(line), "/")}
	_, home := r.send(t, "GET", "/", "")
	match := regexp.MustCompile(`name="gate-token" content="([A-Z2-7]{26})"`).FindStringSubmatch(home)
	if match == nil {
		t.Fatalf("no token in the page:\n%.300s", home)
	}
	r.token = match[1]
	return r
}

func (r *running) send(t *testing.T, method, path, body string) (int, string) {
	t.Helper()
	request, err := http.NewRequest(method, r.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("X-Gate-Token", r.token)
	response, err := http.DefaultClient.Do(request)
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

// stop asks the program to end, as a shutdown of the machine does.
func (r *running) stop(t *testing.T) {
	t.Helper()
	if err := r.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := r.Wait(); err != nil {
		t.Fatal(err)
	}
}

// stocked returns a folder with the store of a device that has its bundle.
func stocked(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	bundle, root := training.Material()
	if err := write(folder, map[string]string{"root.cose": string(root), "stick/national.bundle": string(bundle)}); err != nil {
		t.Fatal(err)
	}
	c := exec.Command(built, "--stdin", "--store", "trust.store", "--root", "root.cose", "--watch", "stick", "--at", now)
	c.Dir = folder
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return folder
}

var (
	call = regexp.MustCompile(`^[0-9]+ +([a-z0-9_]+)\((.*)$`)
	// looked are the calls on files that change nothing.
	looked  = regexp.MustCompile(`^(access|faccessat2?|stat|lstat|newfstatat|statx|readlink|readlinkat|getcwd)$`)
	changes = regexp.MustCompile(`O_(WRONLY|RDWR|CREAT|TRUNC|APPEND|TMPFILE)`)
	// onLoopback are the writes to the page and the calls on its connections.
	onLoopback = regexp.MustCompile(`^[0-9]+<TCP:\[127\.0\.0\.1:[0-9]+`)
	toNobody   = regexp.MustCompile(`^[12]<|^[0-9]+<anon_inode:\[eventfd\]>`)
)

// leaves reports whether a call leaves anything in a file, or reaches past loopback.
func leaves(line string) bool {
	match := call.FindStringSubmatch(line)
	switch {
	case match == nil: // the second half of an interrupted call, a signal, or the end of a process
		return !strings.Contains(line, "<...") && !strings.Contains(line, "+++") && !strings.Contains(line, "---")
	case looked.MatchString(match[1]):
		return false
	case match[1] == "open" || match[1] == "openat":
		return changes.MatchString(match[2])
	}
	return !onLoopback.MatchString(match[2]) && !toNobody.MatchString(match[2])
}

// [GATE-14] A thousand scans, of every kind, over the interface of a running device:
// no file is written and nothing goes past loopback.
func TestAThousandScansWriteNoFileAndLeaveTheMachineAlone(t *testing.T) {
	if _, err := exec.LookPath("strace"); err != nil {
		t.Fatalf("strace is missing: run make setup (%v)", err)
	}
	folder := stocked(t)
	trace := filepath.Join(t.TempDir(), "trace")
	r := open(t, []string{"strace", "-f", "-yy", "-qq", "-e", "signal=none", "-o", trace, "-e",
		"trace=%file,%network,write,writev,pwrite64,pwritev,pwritev2,sendfile,splice,copy_file_range,ftruncate,fallocate,memfd_create,io_uring_setup,unlink,unlinkat,mkdirat"},
		folder, "--store", "trust.store", "--class", "3", "--region", "33", "--counters")
	begun := traced(t, trace)
	codes := gatetest.Codes(t)
	for i := range 1000 {
		code := codes[i%len(codes)]
		body, err := json.Marshal(map[string]any{"codes": []string{code.Text}})
		if err != nil {
			t.Fatal(err)
		}
		if status, text := r.send(t, "POST", "/v1/verify", string(body)); status != 200 || !strings.Contains(text, `{"screen":{"screen":"`+code.Screen+`"`) {
			t.Fatalf("scan %d: %d %.200s", i, status, text)
		}
	}
	if _, text := r.send(t, "GET", "/v1/counters", ""); !strings.Contains(text, `"pass":150`) {
		t.Errorf("%s", text)
	}
	calls := traced(t, trace)[len(begun):]
	if len(calls) < 1000 {
		t.Fatalf("%d calls: the eye is closed", len(calls))
	}
	for _, line := range calls {
		if leaves(line) {
			t.Errorf("%s", line)
		}
	}
}

func traced(t *testing.T, path string) []string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(data), "\n")
	return lines[:len(lines)-1] // the last may be half a line
}

// What the eye has to see it sees.
func TestACallThatLeavesATraceIsSeen(t *testing.T) {
	for line, want := range map[string]bool{
		`12 openat(AT_FDCWD, "/tmp/x", O_WRONLY|O_CREAT, 0666) = 3`:                    true,
		`12 openat(AT_FDCWD, "/tmp/x", O_RDONLY|O_CLOEXEC) = 3`:                        false,
		`12 write(3</tmp/x>, "a", 1) = 1`:                                              true,
		`12 write(7<TCP:[127.0.0.1:8620->127.0.0.1:4000]>, "a", 1) = 1`:                false,
		`12 write(7<TCP:[10.0.0.1:8620->10.0.0.2:4000]>, "a", 1) = 1`:                  true,
		`12 connect(7<UDP:[1]>, {sa_family=AF_INET}, 16) = 0`:                          true,
		`12 renameat(AT_FDCWD, "a", AT_FDCWD, "b") = 0`:                                true,
		`12 accept4(5<TCP:[127.0.0.1:8620]>, {sa_family=AF_INET}, [112 => 16], 0) = 7`: false,
	} {
		if leaves(line) != want {
			t.Errorf("%s: %t", line, !want)
		}
	}
}

// The device keeps its venue, and nobody's code, over a restart; it ends cleanly.
func TestTheVenueIsPickedOnce(t *testing.T) {
	folder := stocked(t)
	r := open(t, nil, folder, "--store", "trust.store")
	if status, text := r.send(t, "PUT", "/v1/venue", `{"class":3,"region":"33"}`); status != 200 {
		t.Fatalf("%d %s", status, text)
	}
	r.stop(t)
	r = open(t, nil, folder, "--store", "trust.store", "--listen", "localhost:0") // which nobody is asked for
	if !strings.HasPrefix(r.url, "http://127.0.0.1:") {
		t.Error(r.url)
	}
	if _, text := r.send(t, "GET", "/v1/state", ""); !strings.Contains(text, `"class":3,"region":"33"`) {
		t.Errorf("%.300s", text)
	}
	r.stop(t)
}

// A card on the reader opens the code that was enrolled under it, after a restart
// too; a stranger's asks for a code; and it is the holder's to delete.
func TestACardOpensTheEnrolledCode(t *testing.T) {
	folder := stocked(t)
	if out, err := exec.Command(built, "enrol-key", "--out", filepath.Join(t.TempDir(), "nowhere", "key")).CombinedOutput(); err == nil {
		t.Errorf("%s", out)
	}
	key := filepath.Join(t.TempDir(), "venue.key")
	if out, err := exec.Command(built, "enrol-key", "--out", key).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	flags := []string{"--store", "trust.store", "--class", "3", "--region", "33", "--enrol", "people", "--enrol-key", key, "--controller", "relay"}
	const card = `{"document_type":"01","number":"339999196001058363"}`
	r := open(t, nil, folder, flags...)
	code := gatetest.Codes(t)[0].Text
	for _, c := range []struct{ method, path, body, want string }{
		{"POST", "/v1/document", `{"presented":` + card + `}`, `"screen":"not_enrolled"`},
		{"POST", "/v1/enrol", fmt.Sprintf(`{"code":%q,"presented":{"document_type":"01","number":"11010519491231002X"}}`, code), `"name":"not_theirs"`},
		{"POST", "/v1/enrol", fmt.Sprintf(`{"code":%q,"presented":%s}`, gatetest.Codes(t)[6].Text, card), `"name":"not_theirs"`},
		{"POST", "/v1/enrol", fmt.Sprintf(`{"code":%q,"presented":%s}`, code, card), `{"enrolled":true,"until":"2022-08-17T06:00:00+08:00"}`},
	} {
		if _, text := r.send(t, c.method, c.path, c.body); !strings.Contains(text, c.want) {
			t.Errorf("%s %s: %.300s", c.path, c.want, text)
		}
	}
	r.stop(t)
	r = open(t, nil, folder, flags...)
	_, text := r.send(t, "POST", "/v1/document", `{"presented":`+card+`}`)
	for _, want := range []string{`"screen":"pass"`, `"name":"enrolled"`, `"name":"廖*然"`, `"output":"1"`} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in %.400s", want, text)
		}
	}
	for _, want := range []string{"true", "false"} {
		if _, text := r.send(t, "DELETE", "/v1/enrol", `{"presented":`+card+`}`); text != `{"deleted":`+want+"}\n" {
			t.Errorf("%s", text)
		}
	}
	if _, text := r.send(t, "POST", "/v1/enrol", fmt.Sprintf(`{"code":%q,"presented":%s}`, code, card)); !strings.Contains(text, `"enrolled":true`) {
		t.Errorf("%s", text)
	}
	askForOwn(t, folder, key, code)
	if _, text := r.send(t, "POST", "/v1/document", `{"presented":`+card+`}`); !strings.Contains(text, `"screen":"not_enrolled"`) {
		t.Errorf("deleted beside the running device: %.300s", text)
	}
	r.stop(t)
}

// [GATE-12] askForOwn asks without the page, while the device runs: the holder sees what
// is stored under the document, and has it deleted.
func askForOwn(t *testing.T, folder, key, code string) {
	t.Helper()
	const holder, stranger = "339999196001058363", "01:11010519491231002X:李四"
	for _, c := range []struct{ act, document, want string }{
		{"show", stranger, `{"enrolled":false}`},
		{"show", holder, fmt.Sprintf(`{"code":%q,"enrolled":true,"until":"2022-08-17T06:00:00+08:00"}`, code)},
		{"forget", stranger, `{"deleted":false}`},
		{"show", `{"document_type":"01","number":"339999196001058363"}`, `{"code":`},
		{"forget", holder, `{"deleted":true}`},
		{"forget", holder, `{"deleted":false}`},
		{"show", holder, `{"enrolled":false}`},
		{"show", "339999196001058364", "check digit"},
		{"forget", `{"document_type":"01","number":"339999196001058364"}`, "cannot be read"},
		{"show", "", "No document was read"},
	} {
		command := exec.Command(built, "enrolment", c.act, "--enrol", "people", "--enrol-key", key, "--json")
		command.Dir, command.Stdin = folder, strings.NewReader(c.document)
		out, _ := command.CombinedOutput() // what it says tells how it ended
		if !strings.Contains(string(out), c.want) || strings.Contains(string(out), "3399991") {
			t.Errorf("%s %q: %s", c.act, c.document, out)
		}
	}
}

// A scanner on a serial port and a reader on a socket: what they read reaches the
// page, a code without the page asking, a document until its code comes, and that
// they were unplugged.
func TestAScannerAndAReaderAtTheDeviceReachThePage(t *testing.T) {
	folder := stocked(t)
	device, socket := filepath.Join(folder, "scanner"), filepath.Join(folder, "reader")
	scanner := gatetest.Plug(t, device)
	r := open(t, nil, folder, "--store", "trust.store", "--class", "3", "--region", "33", "--scanner", device, "--reader", socket)
	response, err := http.Get(r.url + "/v1/events?token=" + r.token)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	events := bufio.NewScanner(response.Body)
	events.Buffer(nil, 1<<20)
	expect := func(name string, wants ...string) {
		t.Helper()
		for events.Scan() {
			if events.Text() != "event: "+name {
				continue
			}
			if !events.Scan() {
				break
			}
			for _, want := range wants {
				if !strings.Contains(events.Text(), want) {
					t.Fatalf("no %s in %.400s", want, events.Text())
				}
			}
			return
		}
		t.Fatalf("no %s came: %v", name, events.Err())
	}
	codes := gatetest.Codes(t)
	if _, err := scanner.WriteString(codes[0].Text + "\r"); err != nil {
		t.Fatal(err)
	}
	expect("screen", `"screen":"pass"`, `"source":"scanner"`)
	reader, err := net.Dial("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintln(reader, `{"document_type":"01","number":"110105194912310020"}`) // the check digit is wrong
	expect("document", `"last_two":""`)
	fmt.Fprintln(reader, `{"document_type":"01","number":"11010519491231002X","name":"王小明","temperature":36.5}`)
	expect("document", `"last_two":"2X"`, `"name_masked":"王*明"`)
	if _, err := scanner.WriteString(codes[2].Text + "\r"); err != nil {
		t.Fatal(err)
	}
	expect("screen", `"holder_mismatch"`, `"temperature":36.5`)
	reader.Close()
	expect("device", `"device":"reader"`, `"connected":false`)
	scanner.Unplug(t)
	expect("device", `"device":"scanner"`, `"connected":false`)
	r.stop(t)
}

// A picture goes to the program where the page cannot read it.
func TestAPictureAndAPDFOverTheInterface(t *testing.T) {
	r := open(t, nil, stocked(t), "--store", "trust.store", "--class", "3", "--region", "33")
	codes := gatetest.Codes(t)
	if _, text := r.send(t, "POST", "/v1/picture", string(asPNG(t, sheet(t, codes[0].Text, codes[4].Text)))); !strings.Contains(text, `"each":[`) || !strings.Contains(text, "document_needed") {
		t.Errorf("%.300s", text)
	}
	if _, text := r.send(t, "POST", "/v1/picture", string(asPDF(sheet(t, codes[4].Text)))); !strings.HasPrefix(text, `{"screen":{"screen":"restricted"`) {
		t.Errorf("%.300s", text)
	}
	if status, text := r.send(t, "POST", "/v1/picture", "no picture"); status != 422 || !strings.Contains(text, `"name":"not_a_picture"`) {
		t.Errorf("%d %s", status, text)
	}
	r.stop(t)
}
