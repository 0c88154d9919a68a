package main

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/config"
	"github.com/tongxing/tongxing/issuer/service"
)

// What one connection may take, and how long the service waits when it stops.
const (
	headerTimeout = 10 * time.Second
	readTimeout   = 30 * time.Second
	writeTimeout  = time.Minute
	idleTimeout   = 2 * time.Minute
	maxHeader     = 16 << 10
	stopTimeout   = 30 * time.Second
	keyTimeout    = 5 * time.Second
	maintainEvery = 10 * time.Second
)

// httpFlags say where and how requests are taken.
type httpFlags struct {
	listen    string
	metrics   metricsFlags
	cert, key string
	clientCA  string
	drain     time.Duration
}

func (f *httpFlags) add(a *app, c *cobra.Command) {
	c.Flags().StringVar(&f.listen, "listen", "127.0.0.1:8443", a.Lang.Say("flag_issuer_listen"))
	f.metrics.add(a, c)
	c.Flags().StringVar(&f.cert, "tls-cert", "", a.Lang.Say("flag_tls_cert"))
	c.Flags().StringVar(&f.key, "tls-key", "", a.Lang.Say("flag_tls_key"))
	c.Flags().StringVar(&f.clientCA, "client-ca", "", a.Lang.Say("flag_client_ca"))
	c.Flags().DurationVar(&f.drain, "drain", 2*time.Second, a.Lang.Say("flag_drain"))
}

// check holds addresses to their form, and plain HTTP to loopback.
func (f *httpFlags) check() error {
	if err := config.HTTP(f.listen, f.cert, f.key, f.clientCA); err != nil {
		return err
	}
	if err := config.Drain(f.drain); err != nil {
		return err
	}
	return f.metrics.check()
}

// answer serves until ctx ends. Then it says that it is not ready, goes on for as
// long as --drain says, lets what is under way finish, and ends.
func (a *app) answer(ctx context.Context, s *service.Service, check *sourceChecker, who whoAsks, f serveFlags) error {
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)
	certificates, err := openCertificates(f.http)
	if err != nil {
		return err
	}
	listener, err := f.http.open()
	if err != nil {
		return err
	}
	main := newServer(s)
	scheme := "http"
	if f.http.cert != "" {
		scheme, main.TLSConfig = "https", certificates.config()
	}
	ended := make(chan error, 2)
	go func() { ended <- serveOn(main, listener, f.http.cert != "") }()
	figures, _, err := f.http.metrics.serve(s.Metrics(), func(err error) { ended <- err })
	if err != nil {
		return errors.Join(err, main.Close())
	}
	url := scheme + "://" + listener.Addr().String()
	if f.begun != nil {
		f.begun(url)
	}
	if err := a.tellServing(url); err != nil {
		return errors.Join(err, main.Close(), figures.Close())
	}
	stop, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	bundle := &bundleFile{flags: f.environmentFlags}
	go a.maintain(stop, s, hangup, func() {
		if err := check.refresh(bundle, a.Clock()); err != nil {
			a.Log.Warn("the new bundle is refused and the old one stays in use", "file", f.bundle, "error", err)
		}
		if err := certificates.refresh(); err != nil {
			a.Log.Warn("the new certificate is refused and the old one stays in use", "file", f.http.cert, "error", err)
		}
		for _, file := range who.files {
			if err := file.refresh(); err != nil {
				a.Log.Warn("the new list of who may ask is refused and the old one stays in use", "file", file.name(), "error", err)
			}
		}
	})
	select {
	case err := <-ended:
		return errors.Join(err, main.Close(), figures.Close())
	case <-ctx.Done():
	}
	s.Drain()
	time.Sleep(f.http.drain)
	return errors.Join(shutDown(stop, s, main, listener, ended), figures.Close())
}

// shutDown takes no connection any more and lets what is under way finish.
func shutDown(ctx context.Context, s *service.Service, main *http.Server, listener net.Listener, ended <-chan error) error {
	// Whatever Serve accepted is known to the server once Serve has returned.
	// Shutdown alone can miss a connection that was accepted a moment before.
	if err := listener.Close(); err != nil {
		return errors.Join(err, main.Close())
	}
	if err := <-ended; err != nil {
		return errors.Join(err, main.Close())
	}
	s.Stop()
	grace, done := context.WithTimeout(ctx, stopTimeout)
	defer done()
	if err := main.Shutdown(grace); err != nil {
		return errors.Join(failFor(err, "drain_cut"), main.Close())
	}
	return nil
}

// serveOn is Serve or ServeTLS; that the listener was closed is no error.
func serveOn(server *http.Server, listener net.Listener, secure bool) error {
	var err error
	if secure {
		err = server.ServeTLS(listener, "", "")
	} else {
		err = server.Serve(listener)
	}
	if errors.Is(err, http.ErrServerClosed) || errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

func newServer(handler http.Handler) *http.Server {
	return &http.Server{
		Handler: handler, ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout,
		IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeader,
		ErrorLog: log.New(io.Discard, "", 0), // it would say who asks
	}
}

// firstPassed is the first descriptor that systemd passes on (sd_listen_fds).
const firstPassed = 3

// listen opens the listener. One that was passed on by who started the process is
// taken instead: it stays open while one version of the program takes the place of
// another, and no connection is refused.
func listen(address string, getenv func(string) string) (net.Listener, error) {
	n, err := strconv.Atoi(getenv("LISTEN_FDS"))
	if pid := getenv("LISTEN_PID"); err == nil && n == 1 && (pid == "" || pid == strconv.Itoa(os.Getpid())) {
		file := os.NewFile(firstPassed, "listener")
		defer file.Close()
		return net.FileListener(file)
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, listenError(address, err)
	}
	return listener, nil
}

// open opens the listener of the service. Plain HTTP is held to loopback by where
// it listens: one that was passed on is not that of the command line.
func (f *httpFlags) open() (net.Listener, error) {
	listener, err := listen(f.listen, os.Getenv)
	if err != nil {
		return nil, err
	}
	if f.cert == "" && !onThisMachine(listener.Addr()) {
		return nil, errors.Join(usage("plain_http", listener.Addr()), listener.Close())
	}
	return listener, nil
}

// onThisMachine reports whether a listener can be reached from this machine alone.
func onThisMachine(address net.Addr) bool {
	switch address := address.(type) {
	case *net.TCPAddr:
		return address.IP.IsLoopback()
	case *net.UnixAddr:
		return true
	}
	return false
}

func listenError(address string, err error) error {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return failFor(err, "listen_busy", address)
	case errors.Is(err, syscall.EACCES):
		return failFor(err, "listen_denied", address)
	}
	return usage("listen_wrong", address)
}

// tellServing says where requests are answered.
func (a *app) tellServing(url string) error {
	if !a.JSON {
		a.say("issuer_serving", url)
	} else if err := a.PrintJSON(struct {
		URL string `json:"url"`
	}{url}); err != nil {
		return err
	}
	return a.Out.Flush()
}

// maintain does what is to be done every few seconds, and on SIGHUP, until ctx ends:
// counts go into the journal, old answers are forgotten, and what lies in files is
// taken anew.
func (a *app) maintain(ctx context.Context, s *service.Service, hangup <-chan os.Signal, refresh func()) {
	ticker := time.NewTicker(maintainEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		case <-hangup:
		}
		if err := s.Maintain(ctx); err != nil && ctx.Err() == nil {
			a.Log.Error("maintenance failed and is tried again", "error", err)
		}
		refresh()
	}
}

// keyClient fetches key sets.
func keyClient() *http.Client { return &http.Client{Timeout: keyTimeout} }
