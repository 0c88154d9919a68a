package main

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/tongxing/tongxing/cmd/internal/config"
	"github.com/tongxing/tongxing/cmd/internal/device"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/cmd/internal/words"
	"github.com/tongxing/tongxing/gate"
	"github.com/tongxing/tongxing/gate/knowledge"
	"github.com/tongxing/tongxing/gate/page"
	"github.com/tongxing/tongxing/gate/server"
	"github.com/tongxing/tongxing/spec"
)

const (
	// watchEvery is how often folders are looked at, and askEvery how often the
	// network is asked.
	watchEvery = 2 * time.Second
	askEvery   = 15 * time.Minute
	// endsWithin is how long requests may take that are under way at the end.
	endsWithin = 2 * time.Second
	// sendsWithin is how long the whole of a request may take to come, a picture
	// too, and idleFor how long a connection is kept without one.
	sendsWithin = time.Minute
	idleFor     = 5 * time.Minute
)

// pageWords are the messages that the interface has beside those of the page.
var pageWords = []string{
	"gate_error_bad_request", "gate_error_not_found", "gate_error_wrong_host", "gate_error_wrong_token",
	"gate_error_too_many_codes", "gate_error_venue_unknown", "gate_error_no_training",
	"gate_error_not_a_frame", "gate_error_later_frame", "gate_error_damaged_frame",
	"gate_error_enrolment_off", "gate_error_not_theirs", "gate_error_no_document", "gate_error_code_long", "gate_error_enrolment_full",
	"gate_error_picture_large", "gate_error_picture_pixels", "gate_error_pdf_reader_missing", "gate_error_not_a_picture", "gate_error_no_code",
	"gate_missing_root", "gate_missing_list", "gate_missing_policy", "gate_missing_keyset", "gate_missing_overlay",
	"gate_missing_snapshot", "gate_missing_status", "gate_missing_delta",
}

func messages() map[string]spec.Label {
	all := map[string]spec.Label{}
	for key, message := range words.Messages("gate_page_") {
		all[key] = spec.Label(message)
	}
	for _, key := range pageWords {
		all[key] = spec.Label{ZH: words.Chinese.Say(key), EN: words.English.Say(key)}
	}
	return all
}

// serve shows the page until the context ends.
func (a *app) serve(ctx context.Context, f *flags) error {
	if err := f.connected.scannerFits(); err != nil {
		return err
	}
	listener, err := a.listen(ctx, f.listen)
	if err != nil {
		return err
	}
	defer listener.Close()
	socket, err := f.connected.socket(ctx)
	if err != nil {
		return err
	}
	if socket != nil {
		defer socket.Close()
	}
	p, err := a.assemble(ctx, f)
	if err != nil {
		return err
	}
	enrolled, err := a.people(&f.connected.enrol, p)
	if err != nil {
		return err
	}
	reading := newPictures()
	s, err := server.New(server.Options{
		Page: page.FS(), Token: rand.Text(), Version: program.Version(), Gate: p.gate, Keeper: p.keeper, Clock: p.clock,
		Explain: a.explain, Words: messages(),
		SaveVenue: func(v gate.Venue) error { return device.WriteVenue(p.store, device.Venue(v)) },
		People:    enrolled, Pictures: reading, Counters: p.counts,
		Features: server.Features{Scanner: f.connected.scanner != "", Reader: f.connected.reader != "", PDF: reading.renderer != ""},
	})
	if err != nil {
		return err
	}
	sources, err := p.sources(f)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	var work sync.WaitGroup
	defer work.Wait()
	defer stop()
	a.watch(ctx, &work, p, sources, len(f.watch), func(error) { s.KnowledgeChanged() })
	a.connect(ctx, &work, p, s, &f.connected, socket)
	a.purge(ctx, &work, enrolled)
	a.noteClock(p)
	a.Say("gate_open", "http://"+listener.Addr().String()+"/")
	if err := a.Out.Flush(); err != nil {
		return err
	}
	return a.answer(ctx, &work, listener, s)
}

// listen opens the port of the page, on loopback alone.
func (a *app) listen(ctx context.Context, address string) (net.Listener, error) {
	number, err := config.OwnPage(address)
	if err != nil {
		return nil, err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", number)
	if err != nil {
		return nil, program.FailWith(err, "gate_port", address)
	}
	return listener, nil
}

// watch begins to look for bundles: in the first sources, which are folders, often, on
// the network seldom.
func (a *app) watch(ctx context.Context, work *sync.WaitGroup, p *parts, sources []knowledge.Source, folders int, changed func(error)) {
	begin := func(every time.Duration, some ...knowledge.Source) {
		work.Go(func() {
			ticker := time.NewTicker(every)
			defer ticker.Stop()
			p.keeper.Watch(ctx, ticker.C, changed, some...)
		})
	}
	begin(watchEvery, sources[:folders]...)
	for _, web := range sources[folders:] {
		begin(askEvery, web)
	}
}

// answer answers requests until the context ends.
func (a *app) answer(ctx context.Context, work *sync.WaitGroup, listener net.Listener, handler http.Handler) error {
	web := &http.Server{
		Handler: patient(handler), ReadHeaderTimeout: 5 * time.Second, IdleTimeout: idleFor, MaxHeaderBytes: 1 << 14,
		BaseContext: func(net.Listener) context.Context { return ctx },
		ErrorLog:    log.New(io.Discard, "", 0), // a request that breaks off is nobody's business
	}
	work.Go(func() {
		<-ctx.Done()
		ending, stop := context.WithTimeout(context.WithoutCancel(ctx), endsWithin)
		defer stop()
		if web.Shutdown(ending) != nil {
			web.Close() // a page that holds its connection does not keep the device up
		}
	})
	if err := web.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// patient bounds how long the body of a request takes to come. What has none is not
// bounded, for events go on as long as the page is open.
func patient(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength != 0 {
			http.NewResponseController(w).SetReadDeadline(time.Now().Add(sendsWithin)) // a connection that takes none is read without
		}
		next.ServeHTTP(w, r)
	})
}
