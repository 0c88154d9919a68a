package main

import (
	"crypto/tls"
	"crypto/x509"
	"os"
	"slices"
	"sync/atomic"
	"time"

	"github.com/tongxing/tongxing/cmd/internal/files"
)

// certificates are those of the listener, as their files have them now: who renews
// a certificate replaces its files, and no connection is closed for it.
type certificates struct {
	flags   httpFlags
	current atomic.Pointer[tls.Config]
	seen    []fileState // when they were read last, by one goroutine
}

// fileState tells one content of a file from the next.
type fileState struct {
	modified time.Time
	size     int64
}

// openCertificates reads the files; none of them is plain HTTP.
func openCertificates(f httpFlags) (*certificates, error) {
	c := &certificates{flags: f}
	if f.cert == "" {
		return c, nil
	}
	seen, err := c.look()
	if err != nil {
		return nil, failWith(err, "tls_damaged", f.cert)
	}
	config, err := c.read()
	if err != nil {
		return nil, err
	}
	c.seen = seen
	c.current.Store(config)
	return c, nil
}

// config is that of the listener: every handshake has the newest one.
func (c *certificates) config() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
		return c.current.Load(), nil
	}}
}

// refresh reads the files when one of them has changed. What does not fit together,
// as in between the replacement of a certificate and that of its key, leaves what
// was in use, and is told once.
func (c *certificates) refresh() error {
	if c.flags.cert == "" {
		return nil
	}
	seen, err := c.look()
	if err != nil || slices.Equal(seen, c.seen) {
		return err
	}
	c.seen = seen
	config, err := c.read()
	if err != nil {
		return err
	}
	c.current.Store(config)
	return nil
}

// look returns the state of every file.
func (c *certificates) look() ([]fileState, error) {
	var all []fileState
	for _, path := range []string{c.flags.cert, c.flags.key, c.flags.clientCA} {
		if path == "" {
			continue
		}
		info, err := os.Stat(path)
		if err != nil {
			return nil, err
		}
		all = append(all, fileState{info.ModTime(), info.Size()})
	}
	return all, nil
}

func (c *certificates) read() (*tls.Config, error) {
	pair, err := tls.LoadX509KeyPair(c.flags.cert, c.flags.key)
	if err != nil {
		return nil, failWith(err, "tls_damaged", c.flags.cert)
	}
	config := &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}}
	if c.flags.clientCA == "" {
		return config, nil
	}
	data, err := files.Read(c.flags.clientCA, 1<<20)
	if err != nil {
		return nil, err
	}
	config.ClientCAs = x509.NewCertPool()
	if !config.ClientCAs.AppendCertsFromPEM(data) {
		return nil, fail("tls_damaged", c.flags.clientCA)
	}
	config.ClientAuth = tls.VerifyClientCertIfGiven
	return config, nil
}
