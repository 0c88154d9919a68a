package service_test

import (
	"bytes"
	"net/http"
	"os"
	"regexp"
	"testing"

	"github.com/tongxing/tongxing/issuer/service"
)

// update writes openapi.yaml anew: UPDATE_OPENAPI=1 go test ./issuer/service -run Description
const update = "UPDATE_OPENAPI"

func TestTheDescriptionIsThatOfTheCode(t *testing.T) {
	b := newBench(t, nil)
	if os.Getenv(update) != "" {
		if err := os.WriteFile("openapi.yaml", b.service.OpenAPI(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(service.Description(), b.service.OpenAPI()) {
		t.Errorf("openapi.yaml is not what the code describes: write it anew with %s=1", update)
	}
	if got := b.ask("", http.MethodGet, "/openapi.yaml", nil); !bytes.Equal(got.body, b.service.OpenAPI()) {
		t.Error("another description is served")
	}
}

var outside = regexp.MustCompile(`(?i)(src|href|action)\s*=\s*["']?(https?:)?//|url\(|@import|<script|<iframe|<img`)

// TestTheDocumentationIsReadOnAClosedNetwork holds the page to loading nothing.
func TestTheDocumentationIsReadOnAClosedNetwork(t *testing.T) {
	b := newBench(t, nil)
	got := b.ask("", http.MethodGet, "/docs", nil)
	if got.status != http.StatusOK || !bytes.Contains(got.body, []byte("/v1/conversions")) || !bytes.Contains(got.body, []byte("desk, requester")) {
		t.Fatalf("status %d, %d bytes", got.status, len(got.body))
	}
	if found := outside.Find(got.body); found != nil {
		t.Errorf("the page has %q", found)
	}
	if !regexp.MustCompile(`default-src 'none'`).MatchString(got.header.Get("Content-Security-Policy")) {
		t.Error("the page may load something")
	}
	for _, path := range []string{"/docs/", "/openapi.json", "/openapi", "/schemas/IssueBody.json"} {
		if got := b.ask("", http.MethodGet, path, nil); got.status != http.StatusNotFound {
			t.Errorf("%s: status %d: the framework serves something of its own", path, got.status)
		}
	}
}
