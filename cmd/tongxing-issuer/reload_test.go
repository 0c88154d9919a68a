package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/tongxing/tongxing/issuer/access"
)

// TestARenewedCertificateIsTakenAndLosesNoRequest replaces the files of a service
// that is busy, first by what does not belong together.
func TestARenewedCertificateIsTakenAndLosesNoRequest(t *testing.T) {
	o, ours := newOffice(t), newAuthority(t)
	write := func(name string, data []byte) {
		t.Helper()
		if err := os.WriteFile(o.path(name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	renew := func(name string) (cert, key []byte) {
		_, _, cert, key = ours.issue(&x509.Certificate{Subject: pkix.Name{CommonName: name}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}})
		return cert, key
	}
	cert, key := renew("first")
	write("cert.pem", cert)
	write("key.pem", key)
	p := o.serve(nil, "--tls-cert", o.path("cert.pem"), "--tls-key", o.path("key.pem"), "--drain", "0s")
	token, stop := o.token(access.Desk), make(chan struct{})
	var all sync.WaitGroup
	var asked atomic.Int64
	for c := range 2 {
		client := ours.client("")
		client.Transport.(*http.Transport).DisableKeepAlives = c == 0 // a handshake for each request
		all.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				status, data, err := issue(client, p.url, token, fmt.Sprint(c, "-", n), trial(c*100_000+n))
				if err != nil || status != http.StatusCreated {
					t.Errorf("status %d, error %v: %s", status, err, data)
					return
				}
				asked.Add(1)
			}
		})
	}
	hangUp := func() {
		t.Helper()
		if err := p.cmd.Process.Signal(syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
	}
	cert, key = renew("second")
	write("cert.pem", cert) // its key is not there yet
	hangUp()
	until(t, "half a certificate is told", func() bool { return strings.Contains(p.log.String(), "cert.pem") })
	if got := nameOf(t, ours, p.url); got != "first" {
		t.Errorf("half a certificate: %s is presented", got)
	}
	write("key.pem", key)
	hangUp()
	until(t, "a renewed certificate is presented", func() bool { return nameOf(t, ours, p.url) == "second" })
	until(t, "requests", func() bool { return asked.Load() >= 10 || t.Failed() })
	close(stop)
	all.Wait()
	p.end()
}

// TestWhoIsTakenOutOfAFileIsNobody replaces the keys of the identity service and the
// list of callers while the service runs, first by what is neither.
func TestWhoIsTakenOutOfAFileIsNobody(t *testing.T) {
	o, ours := newOffice(t), newAuthority(t)
	write := func(name, data string) {
		t.Helper()
		if err := os.WriteFile(o.path(name), []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_, _, cert, key := ours.issue(&x509.Certificate{Subject: pkix.Name{CommonName: "service"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}})
	write("cert.pem", string(cert))
	write("key.pem", string(key))
	write("ca.pem", string(ours.pem))
	write("callers.json", `{"callers":[{"subject":"CN=desk-8","name":"desk-8","authority":"Hangzhou CDC","roles":["desk"]}]}`)
	p := o.serve(nil, "--tls-cert", o.path("cert.pem"), "--tls-key", o.path("key.pem"), "--client-ca", o.path("ca.pem"), "--callers", o.path("callers.json"), "--drain", "0s")
	byToken, byCertificate, n := ours.client(""), ours.client("desk-8"), 0
	token := o.token(access.Desk)
	statusFor := func(client *http.Client, token string) int {
		t.Helper()
		n++
		status, data, err := issue(client, p.url, token, fmt.Sprint("key-", n), trial(n))
		if err != nil {
			t.Fatalf("%v: %s", err, data)
		}
		return status
	}
	hangUp := func() {
		t.Helper()
		if err := p.cmd.Process.Signal(syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
	}
	write("keys.json", "neither")
	write("callers.json", "neither")
	hangUp()
	until(t, "both are told", func() bool { return strings.Count(p.log.String(), "who may ask") == 2 })
	if a, b := statusFor(byToken, token), statusFor(byCertificate, ""); a != http.StatusCreated || b != http.StatusCreated {
		t.Errorf("with the old lists in use: status %d and %d", a, b)
	}
	other, err := newDevIdentity()
	if err != nil {
		t.Fatal(err)
	}
	write("keys.json", string(other.published))
	write("callers.json", `{"callers":[{"subject":"CN=desk-9","name":"desk-9","authority":"Hangzhou CDC","roles":["desk"]}]}`)
	hangUp()
	until(t, "nobody is known any more", func() bool {
		return statusFor(byToken, token) == http.StatusUnauthorized && statusFor(byCertificate, "") == http.StatusUnauthorized
	})
	if status := statusFor(ours.client("desk-9"), ""); status != http.StatusCreated {
		t.Errorf("who was put in: status %d", status)
	}
	p.end()
}

// nameOf is the common name of the certificate that the service presents.
func nameOf(t *testing.T, a *authority, url string) string {
	t.Helper()
	roots := x509.NewCertPool()
	roots.AddCert(a.cert)
	conn, err := tls.Dial("tcp", strings.TrimPrefix(url, "https://"), &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12, NextProtos: []string{"h2"}})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if p := conn.ConnectionState().NegotiatedProtocol; p != "h2" {
		t.Errorf("HTTP/2 is not offered, but %q", p)
	}
	return conn.ConnectionState().PeerCertificates[0].Subject.CommonName
}

// TestAListenerThatIsPassedOnIsHeldToLoopbackToo: what counts is where requests come
// from, not what the command line says. [ISSUER-2]
func TestAListenerThatIsPassedOnIsHeldToLoopbackToo(t *testing.T) {
	o := newOffice(t)
	listener, err := net.ListenTCP("tcp", &net.TCPAddr{})
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	file, err := listener.File()
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	cmd := exec.CommandContext(t.Context(), binary, append([]string{"serve", "--lang", "en"}, o.flags...)...)
	cmd.ExtraFiles, cmd.Env = []*os.File{file}, append(os.Environ(), "LISTEN_FDS=1")
	time.AfterFunc(20*time.Second, func() { _ = cmd.Process.Kill() })
	out, _ := cmd.CombinedOutput() // the status is looked at below
	if cmd.ProcessState.ExitCode() != 2 || !bytes.Contains(out, []byte("loopback")) {
		t.Errorf("status %d: %s", cmd.ProcessState.ExitCode(), out)
	}
}

// TestAPassphraseThatOthersMayReadIsRefused as a key file is.
func TestAPassphraseThatOthersMayReadIsRefused(t *testing.T) {
	o := newOffice(t)
	if err := os.Chmod(o.path("pass"), 0o644); err != nil {
		t.Fatal(err)
	}
	if status, out := o.command(append([]string{"serve", "--lang", "en"}, o.flags...)...); status == 0 || !strings.Contains(out, "chmod 600") {
		t.Errorf("status %d: %s", status, out)
	}
}
