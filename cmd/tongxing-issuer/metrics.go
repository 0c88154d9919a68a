package main

import (
	"net"
	"net/http"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/config"
)

// metricsFlags say where the figures are told.
type metricsFlags struct {
	listen  string // "" is nowhere
	exposed bool
}

func (f *metricsFlags) add(a *app, c *cobra.Command) {
	c.Flags().StringVar(&f.listen, "metrics-listen", "", a.Lang.Say("flag_metrics_listen"))
	c.Flags().BoolVar(&f.exposed, "metrics-exposed", false, a.Lang.Say("flag_metrics_exposed"))
}

// check holds the figures to loopback unless it is said that others may read them.
func (f *metricsFlags) check() error { return config.Figures(f.listen, f.exposed) }

// serve tells the figures until the server is closed, and ended how that came about.
// The address is the listener's, nil where there is none.
func (f *metricsFlags) serve(figures http.Handler, ended func(error)) (*http.Server, net.Addr, error) {
	server := newServer(figures)
	if f.listen == "" {
		return server, nil, nil
	}
	listener, err := net.Listen("tcp", f.listen)
	if err != nil {
		return server, nil, listenError(f.listen, err)
	}
	go func() { ended(serveOn(server, listener, false)) }()
	return server, listener.Addr(), nil
}
