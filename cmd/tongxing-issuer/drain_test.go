package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tongxing/tongxing/issuer/access"
)

// issueOnce asks for a credential over a connection that is kept, and never again by
// itself.
func issueOnce(client *http.Client, url, token string, n int) (status int, err error) {
	r, err := http.NewRequest(http.MethodPost, url+"/v1/credentials", bytes.NewReader(trial(n)))
	if err != nil {
		return 0, err
	}
	r.GetBody = nil // the transport would repeat what has an Idempotency-Key
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Idempotency-Key", fmt.Sprint("key-", n))
	answer, err := client.Do(r)
	if err != nil {
		return 0, err
	}
	_, err = io.Copy(io.Discard, answer.Body)
	return answer.StatusCode, errors.Join(err, answer.Body.Close())
}

// TestWhatIsReadWhenTheServiceEndsIsAnsweredOrNotDone tells a service to stop under
// fifty clients that keep their connections, some of them idle longer than it drains:
// each request is answered, refused, or not read, and no credential is issued that
// nobody was given. [ISSUER-32]
func TestWhatIsReadWhenTheServiceEndsIsAnsweredOrNotDone(t *testing.T) {
	const clients = 50
	o := newOffice(t)
	p := o.serve(nil, "--drain", "150ms")
	token := o.token(access.Desk)
	var answered, refused, unread atomic.Int64
	var all sync.WaitGroup
	for c := range clients {
		client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 1}, Timeout: time.Minute}
		all.Go(func() {
			defer client.CloseIdleConnections()
			for n := c * 100_000; ; n++ {
				status, err := issueOnce(client, p.url, token, n)
				switch {
				case err != nil:
					unread.Add(1)
					return
				case status == http.StatusServiceUnavailable:
					refused.Add(1)
					return
				case status != http.StatusCreated:
					t.Errorf("status %d", status)
					return
				}
				answered.Add(1)
				if c%5 == 0 {
					time.Sleep(time.Duration(20*c%250) * time.Millisecond) // an idle connection
				}
			}
		})
	}
	for end := time.Now().Add(time.Minute); answered.Load() < 4*clients && time.Now().Before(end); {
		time.Sleep(5 * time.Millisecond)
	}
	p.end()
	all.Wait()
	if refused.Load()+unread.Load() != clients {
		t.Errorf("%d clients were refused and %d not read, of %d", refused.Load(), unread.Load(), clients)
	}
	if issued := o.issued(); issued != uint64(answered.Load()) || issued < 4*clients {
		t.Errorf("%d credentials were issued and %d answered (%d refused, %d not read)", issued, answered.Load(), refused.Load(), unread.Load())
	}
}
