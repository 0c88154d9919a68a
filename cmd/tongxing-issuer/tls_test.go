package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

// authority issues certificates as a province's does.
type authority struct {
	t    testing.TB
	key  *ecdsa.PrivateKey
	cert *x509.Certificate
	pem  []byte
}

func newAuthority(t testing.TB) *authority {
	t.Helper()
	a := &authority{t: t}
	a.cert, a.key, a.pem, _ = a.issue(&x509.Certificate{Subject: pkix.Name{CommonName: "CA"}, IsCA: true, BasicConstraintsValid: true})
	return a
}

// issue signs a certificate; without a key of its own yet the authority signs
// itself.
func (a *authority) issue(template *x509.Certificate) (cert *x509.Certificate, key *ecdsa.PrivateKey, certPEM, keyPEM []byte) {
	a.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	template.SerialNumber = big.NewInt(time.Now().UnixNano())
	template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	parent, signer := template, key
	if a.cert != nil {
		parent, signer = a.cert, a.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		a.t.Fatal(err)
	}
	if cert, err = x509.ParseCertificate(der); err != nil {
		a.t.Fatal(err)
	}
	keyDER, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		a.t.Fatal(err)
	}
	return cert, key, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: keyDER})
}

// client is who presents a certificate, or none.
func (a *authority) client(subject string) *http.Client {
	a.t.Helper()
	roots := x509.NewCertPool()
	roots.AddCert(a.cert)
	config := &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	if subject != "" {
		cert, key, _, _ := a.issue(&x509.Certificate{Subject: pkix.Name{CommonName: subject},
			ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
		config.Certificates = []tls.Certificate{{Certificate: [][]byte{cert.Raw}, PrivateKey: key}}
	}
	return &http.Client{Transport: &http.Transport{TLSClientConfig: config}, Timeout: time.Minute}
}

// TestAClientCertificateNamesItsCaller goes through certificates that are in the
// list, that are not, and of another authority.
func TestAClientCertificateNamesItsCaller(t *testing.T) {
	o, ours := newOffice(t), newAuthority(t)
	_, _, cert, key := ours.issue(&x509.Certificate{Subject: pkix.Name{CommonName: "service"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}})
	for name, data := range map[string][]byte{
		"ca.pem": ours.pem, "cert.pem": cert, "key.pem": key,
		"callers.json": []byte(`{"callers":[{"subject":"CN=desk-7","name":"desk-7","authority":"Hangzhou CDC","roles":["desk"]},
			{"subject":"CN=audit","name":"audit","authority":"Audit","roles":["auditor"]}]}`),
	} {
		if err := os.WriteFile(o.path(name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p := o.serve(nil, "--tls-cert", o.path("cert.pem"), "--tls-key", o.path("key.pem"),
		"--client-ca", o.path("ca.pem"), "--callers", o.path("callers.json"), "--drain", "0s")
	if !strings.HasPrefix(p.url, "https://") {
		t.Fatal(p.url)
	}
	for subject, want := range map[string]int{"desk-7": http.StatusCreated, "audit": http.StatusForbidden, "stranger": http.StatusUnauthorized} {
		status, data, err := issue(ours.client(subject), p.url, "", "key", trial(1))
		if err != nil || status != want {
			t.Errorf("%s: status %d, want %d, error %v: %s", subject, status, want, err, data)
		}
	}
	stolen := newAuthority(t).client("desk-7")
	stolen.Transport.(*http.Transport).TLSClientConfig.RootCAs.AddCert(ours.cert)
	if status, _, err := issue(stolen, p.url, "", "key", trial(1)); err == nil {
		t.Errorf("a certificate of another authority: status %d", status)
	}
	if answer, err := http.Get("http://" + strings.TrimPrefix(p.url, "https://") + "/livez"); err == nil {
		answer.Body.Close()
		if answer.StatusCode == http.StatusOK {
			t.Error("plain HTTP is answered")
		}
	}
	p.end()
}
