package service_test

import (
	"bytes"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/tongxing/tongxing/issuer/service"
	"github.com/tongxing/tongxing/spec"
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

// described are the answers that the committed description has of each operation:
// statuses under "POST /v1/orders".
var described = sync.OnceValue(func() map[string][]string {
	all := map[string][]string{}
	var path, operation string
	for line := range strings.Lines(string(service.Description())) {
		line = strings.TrimRight(line, "\n")
		switch indent := len(line) - len(strings.TrimLeft(line, " ")); {
		case indent == 2 && strings.HasPrefix(line, "  /v1/"):
			path = strings.TrimSuffix(line[2:], ":")
		case path != "" && indent == 4 && strings.HasSuffix(line, ":"):
			operation = strings.ToUpper(strings.TrimSuffix(line[4:], ":")) + " " + path
			all[operation] = []string{}
		case operation != "" && indent == 8 && strings.HasPrefix(line, `        "`):
			all[operation] = append(all[operation], strings.Trim(line, ` ":`))
		}
	}
	return all
})

// holdToDescription reports an answer of an operation that the description does not
// have. Every request of these tests is held to it.
func holdToDescription(t testing.TB, r *http.Request, status int) {
	t.Helper()
	for operation, statuses := range described() {
		method, path, _ := strings.Cut(operation, " ")
		pattern := "^" + regexp.MustCompile(`\{[a-z]+\}`).ReplaceAllString(path, "[^/]+") + "$"
		if r.Method != method || !regexp.MustCompile(pattern).MatchString(r.URL.Path) {
			continue
		}
		if !slices.Contains(statuses, strconv.Itoa(status)) {
			t.Errorf("%s answers %d, and is described with %v", operation, status, statuses)
		}
	}
}

// TestEveryRefusalIsDescribed finds the status of each problem that a request can meet
// in the description, but for those of no operation: another method or address, and
// what readiness alone says.
func TestEveryRefusalIsDescribed(t *testing.T) {
	problems, err := spec.Problems()
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, statuses := range described() {
		for _, status := range statuses {
			found[status] = true
		}
	}
	if len(described()) < 12 || !found["201"] || !found["422"] {
		t.Fatalf("the description is not read: %v", described())
	}
	for _, p := range problems {
		if p.Name != "method_not_allowed" && p.Name != "not_acceptable" && !found[strconv.Itoa(p.Status)] {
			t.Errorf("%s: no operation is described to answer %d", p.Name, p.Status)
		}
	}
}

// TestTheDescriptionAsksForAKeyWhereTheServiceDoes compares the two. [ISSUER-4]
func TestTheDescriptionAsksForAKeyWhereTheServiceDoes(t *testing.T) {
	text := string(service.Description())
	if n, required := strings.Count(text, "name: Idempotency-Key"), len(regexp.MustCompile(`name: Idempotency-Key\n\s+required: true`).FindAllString(text, -1)); n != 4 || required != n {
		t.Errorf("%d operations take a key, and %d are described to need one", n, required)
	}
}
