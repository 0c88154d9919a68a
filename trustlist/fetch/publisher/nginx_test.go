package publisher_test

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// nginxProgram finds nginx, which Debian keeps where not everybody looks.
func nginxProgram(t testing.TB) string {
	t.Helper()
	for _, name := range []string{"nginx", "/usr/sbin/nginx"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Fatal("nginx is missing: run make setup")
	return ""
}

// specifiedConfig is the configuration that the specification gives people.
func specifiedConfig(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "spec", "distribution.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, begins := strings.Cut(string(text), "```nginx\n")
	config, _, ends := strings.Cut(rest, "```\n")
	if !begins || !ends {
		t.Fatal("the specification has no configuration of nginx")
	}
	return config
}

// nginxConfig is that configuration in a server of one process that writes
// nothing outside work.
func nginxConfig(t testing.TB, folder, work, address string) string {
	t.Helper()
	temporary := ""
	for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		temporary += fmt.Sprintf("\t%s_temp_path %s/%s;\n", kind, work, kind)
	}
	return fmt.Sprintf(`daemon off;
master_process off;
pid %[1]s/pid;
error_log stderr error;
events { worker_connections 64; }
http {
	access_log off;
%[2]s	server {
		listen %[3]s;
		root %[4]s;
%[5]s	}
}
`, work, temporary, address, folder, specifiedConfig(t))
}

// startNginx serves a folder on a free loopback port and returns its address.
// Somebody else may take the port before nginx has it: then another is tried.
func startNginx(t testing.TB, folder string) string {
	t.Helper()
	program := nginxProgram(t)
	var said bytes.Buffer
	for range 5 {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		address := listener.Addr().String()
		listener.Close()
		work := t.TempDir()
		path := filepath.Join(work, "nginx.conf")
		if err := os.WriteFile(path, []byte(nginxConfig(t, folder, work, address)), 0o644); err != nil {
			t.Fatal(err)
		}
		command := exec.Command(program, "-e", "stderr", "-p", work, "-c", path)
		said.Reset()
		command.Stderr = &said
		if err := command.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan struct{})
		go func() { command.Wait(); close(ended) }()
		if answers(address, ended) {
			t.Cleanup(func() { command.Process.Signal(syscall.SIGTERM); <-ended })
			return "http://" + address
		}
		command.Process.Kill()
		<-ended
	}
	t.Fatalf("nginx does not start: %s", said.String())
	return ""
}

// answers waits until a server answers as ours does, or its process has ended.
func answers(address string, ended <-chan struct{}) bool {
	for range 400 {
		select {
		case <-ended:
			return false
		default:
		}
		if response, err := http.Get("http://" + address + "/latest"); err == nil {
			response.Body.Close()
			return response.Header.Get("Cache-Control") == "no-cache"
		}
		time.Sleep(10 * time.Millisecond)
	}
	return false
}

// behindNginx publishes bundles of following days and serves them with nginx.
func behindNginx(t testing.TB, bundles ...[]byte) *served {
	t.Helper()
	s := serve(t, bundles...)
	s.url = startNginx(t, s.folder)
	return s
}

// [DIST-40] [DIST-41]
func TestNginxServesTheFolderAsTheHandlerDoes(t *testing.T) {
	requireServed(t, behindNginx(t, days(t, 3)...))
}

// [DIST-42]
func TestNginxServesNothingElse(t *testing.T) {
	requireNothingElse(t, behindNginx(t, days(t, 2)...))
}

// [DIST-32] nginx makes the ETag of time and size. Two pointers of one size that
// are published within a second are told apart all the same.
func TestNginxTellsAnyTwoPointersApart(t *testing.T) {
	all := days(t, 8)
	s := behindNginx(t, all[:4]...)
	p := open(t, s.folder, 3)
	before, _ := request(t, http.MethodGet, s.url+"/latest")
	sizes := map[int64]int{before.ContentLength: 1}
	for i, bundle := range all[4:] {
		publish(t, p, bundle)
		response, _ := request(t, http.MethodGet, s.url+"/latest", "If-None-Match", before.Header.Get("ETag"),
			"If-Modified-Since", before.Header.Get("Last-Modified"))
		if response.StatusCode != http.StatusOK {
			t.Errorf("publication %d: %s to whom has the one before", i, response.Status)
		}
		before = response
		sizes[response.ContentLength]++
	}
	if len(sizes) == 5 {
		t.Error("no two pointers of one size: nothing is proved")
	}
}
