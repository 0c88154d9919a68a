package access_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tongxing/tongxing/issuer/access"
)

// TestNobodyWaitsForASlowIdentityService whose keys are at hand: one request looks
// for newer ones, and the others go on.
func TestNobodyWaitsForASlowIdentityService(t *testing.T) {
	var slow atomic.Bool
	published := newService(t).json
	asked, goOn := make(chan struct{}, 1), make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if slow.Load() {
			asked <- struct{}{}
			<-goOn
		}
		_, _ = w.Write(published)
	}))
	defer server.Close()
	remote, err := access.NewRemote(server.URL, &http.Client{Timeout: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	at := time.Unix(1_795_320_000, 0)
	first, err := remote.Keys(t.Context(), at, false)
	if err != nil {
		t.Fatal(err)
	}
	slow.Store(true)
	at = at.Add(time.Hour)
	gone, leave := context.WithCancel(t.Context())
	fetched := make(chan *access.KeySet)
	go func() {
		set, _ := remote.Keys(gone, at, false)
		fetched <- set
	}()
	<-asked
	leave() // who began goes away, and the keys come all the same
	if set, err := remote.Keys(t.Context(), at, false); err != nil || set != first {
		t.Errorf("while another fetches: %v", err)
	}
	close(goOn)
	second := <-fetched
	if set, err := remote.Keys(t.Context(), at, true); err != nil || set != second || set == first {
		t.Errorf("after it: %v", err)
	}
}

// TestKeysAreNotTakenFromWhereTheirAddressSendsUs: the address was checked, that
// one was not.
func TestKeysAreNotTakenFromWhereTheirAddressSendsUs(t *testing.T) {
	published := newService(t).json
	keys := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(published) }))
	defer keys.Close()
	server := httptest.NewServer(http.RedirectHandler(keys.URL, http.StatusFound))
	defer server.Close()
	remote, err := access.NewRemote(server.URL, &http.Client{Timeout: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := remote.Keys(t.Context(), time.Unix(1_795_320_000, 0), false); !errors.Is(err, access.ErrKeysUnavailable) {
		t.Errorf("error %v", err)
	}
}
