package main

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"log"
	"net"
	"net/http"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/trustlist/fetch/publisher"
)

const defaultListen = "127.0.0.1:8080"

// What one connection may take. A bundle of 64 MiB over 10 KB/s takes two hours.
const (
	headerTimeout = 10 * time.Second
	readTimeout   = 30 * time.Second
	writeTimeout  = 2 * time.Hour
	idleTimeout   = time.Minute
	maxHeader     = 16 << 10
	// stopTimeout is how long downloads may go on after the signal to stop.
	stopTimeout = 10 * time.Second
)

func (a *app) bundleServeCommand() *cobra.Command {
	var listen string
	c := a.Command("serve DIR", "bundle_serve", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		return a.bundleServe(ctx, args[0], listen)
	})
	c.Flags().StringVar(&listen, "listen", defaultListen, a.Lang.Say("flag_listen"))
	return c
}

// serving is what bundle serve tells programs when it begins.
type serving struct {
	Dir string `json:"dir"`
	URL string `json:"url"`
}

// bundleServe serves a published folder until it is told to stop.
func (a *app) bundleServe(ctx context.Context, dir, listen string) error {
	handler, err := publisher.NewHandler(dir)
	if err != nil {
		return &files.PathError{Path: dir, Err: err}
	}
	defer handler.Close()
	if _, err := publisher.Latest(dir); errors.Is(err, fs.ErrNotExist) {
		a.Note("serve_empty", dir)
	} else if err != nil {
		return a.publishError(dir, dir, err)
	}
	listener, err := net.Listen("tcp", listen)
	if err != nil {
		return listenError(listen, err)
	}
	view := serving{Dir: dir, URL: "http://" + listener.Addr().String() + "/"}
	if err := a.tellServing(view); err != nil {
		listener.Close()
		return err
	}
	return a.serve(ctx, listener, handler)
}

// tellServing says where the folder is served, at once: the command goes on.
func (a *app) tellServing(view serving) error {
	if !a.JSON {
		a.Say("serve_begun", view.Dir, view.URL)
	} else if err := a.PrintJSON(view); err != nil {
		return err
	}
	return a.Out.Flush()
}

func listenError(listen string, err error) error {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return program.FailFor(err, "listen_busy", listen)
	case errors.Is(err, syscall.EACCES):
		return program.FailFor(err, "listen_denied", listen)
	}
	return program.Usage("listen_wrong", listen)
}

// serve answers until ctx ends, which is what the command was told and no
// failure; then downloads may finish for a while.
func (a *app) serve(ctx context.Context, listener net.Listener, handler http.Handler) error {
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout,
		IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeader,
		ErrorLog: log.New(io.Discard, "", 0), // it would say who asks
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.Background(), stopTimeout)
	defer cancel()
	if err := server.Shutdown(grace); err != nil {
		a.Note("serve_cut")
		server.Close()
		return nil
	}
	if !a.JSON {
		a.Say("serve_stopped")
	}
	return nil
}
