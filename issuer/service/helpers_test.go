package service_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwk"
	"github.com/lestrrat-go/jwx/v3/jws"

	"github.com/tongxing/tongxing/fonts"
	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
	"github.com/tongxing/tongxing/issuer"
	"github.com/tongxing/tongxing/issuer/access"
	"github.com/tongxing/tongxing/issuer/paper"
	"github.com/tongxing/tongxing/issuer/paper/pdf"
	"github.com/tongxing/tongxing/issuer/paper/truetype"
	"github.com/tongxing/tongxing/issuer/record"
	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/sqlite"
	"github.com/tongxing/tongxing/issuer/service"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/trusttest"
	"github.com/tongxing/tongxing/verifier"
)

const issuedAt = 1_795_320_000

const (
	greenUsage   = trustlist.UsageStatus | trustlist.UsageTest | trustlist.UsageVaccination | trustlist.UsageExemption
	adverseUsage = greenUsage | trustlist.UsageAdverse
)

// now is the time of the tests; some move it.
var now = time.Unix(issuedAt, 0)

// The person of the tests, whose data must not be found anywhere.
const (
	personName   = "欧阳明月"
	personNumber = "469999198104010408"
)

func signer(region string) sig.Signer { return sigtest.New(sig.SM2, region+" all") }

// provinces is the trust material of two provinces.
func provinces(t testing.TB) *trustlist.Trust { return provincesWith(t, func(*trustlist.Key) {}) }

// provincesWith is the same with the key of province 46 changed.
func provincesWith(t testing.TB, change func(*trustlist.Key)) *trustlist.Trust {
	t.Helper()
	var regions []trusttest.Region
	for _, code := range []string{"33", "46"} {
		regions = append(regions, trusttest.Region{Code: code, Usage: adverseUsage, Keys: []trustlist.Key{{
			Public: signer(code).PublicKey(), Usage: adverseUsage,
			SignFrom: format.DayStart(format.Day(issuedAt) - 30), SignUntil: format.DayStart(format.Day(issuedAt) + 300),
		}}})
	}
	change(&regions[1].Keys[0])
	m := &trusttest.Material{Issued: issuedAt - 3600, Regions: regions, Policy: trusttest.Rules(issuedAt-40*86400, 3)}
	trust, err := m.Load()
	if err != nil {
		t.Fatal(err)
	}
	return trust
}

func issuerOf(t testing.TB, code string, lifetime time.Duration) *issuer.Issuer {
	t.Helper()
	trust := provinces(t)
	region, ok := trust.Region(code)
	if !ok {
		t.Fatalf("region %s is not in the list", code)
	}
	made, err := issuer.New(issuer.Options{Region: region, Keys: []sig.Signer{signer(code)}, Lifetime: lifetime, Policy: trust.Policy()})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// checker is the verifier, as the command wires it.
type checker struct{ v *verifier.Verifier }

func (c checker) Check(code string, at time.Time, p service.Person) (issuer.Source, error) {
	verdict := c.v.Verify(code, at, verifier.Presented(p.DocumentType, p.DocumentNumber, p.Name))
	credential, ok := verdict.Credential()
	if !ok {
		return issuer.Source{}, &service.SourceError{Reason: verdict.Reason()}
	}
	return issuer.Source{Credential: credential, KeyID: signer(credential.Issuer).PublicKey().KeyID()}, nil
}

// TooOld is what the verifier says of a code, by the ladder that it has.
func (c checker) TooOld(at time.Time) bool {
	return c.v.Verify("", at, verifier.Context{}).Evidence().Freshness == verifier.TooOld
}

// Admitted and Terms are those of the command too.
func (c checker) Admitted(code string, at time.Time) error {
	verdict := c.v.Verify(code, at, verifier.Context{})
	if _, ok := verdict.Credential(); !ok || verdict.Outcome() == verifier.Unverified {
		return &service.SourceError{Reason: verdict.Reason()}
	}
	return nil
}

func (checker) Terms(time.Time) (paper.Source, paper.Lifetime) {
	return paper.Source{Authority: "浙江省卫生健康委员会", Appeal: "0571-12345"}, paper.DefaultLifetime
}

// typeface is the fonts of the programs.
var typeface = sync.OnceValues(func() (*pdf.Typeface, error) {
	var all []*truetype.Font
	for _, data := range fonts.Files() {
		font, err := truetype.Parse(data)
		if err != nil {
			return nil, err
		}
		all = append(all, font)
	}
	return pdf.NewTypeface(all...)
})

// identity signs tokens as the province's identity service does.
type identity struct {
	key *ecdsa.PrivateKey
	set *access.KeySet
}

func newIdentity(t testing.TB) *identity {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	public, err := jwk.Import(key.Public())
	if err == nil {
		err = public.Set(jwk.KeyIDKey, "k")
	}
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(map[string]any{"keys": []any{public}})
	if err != nil {
		t.Fatal(err)
	}
	set, err := access.ParseKeySet(data)
	if err != nil {
		t.Fatal(err)
	}
	return &identity{key, set}
}

// token is one for a caller: his name, his authority and his roles.
func (i *identity) token(t testing.TB, name, authority string, roles ...access.Role) string {
	t.Helper()
	var scopes []string
	for _, role := range roles {
		scopes = append(scopes, "tongxing:"+string(role))
	}
	payload, err := json.Marshal(map[string]any{"iss": "https://id.example", "aud": "tongxing-issuer", "sub": name,
		"authority": authority, "scope": strings.Join(scopes, " "), "exp": issuedAt + 400_000})
	if err != nil {
		t.Fatal(err)
	}
	h := jws.NewHeaders()
	if err := h.Set(jws.KeyIDKey, "k"); err != nil {
		t.Fatal(err)
	}
	token, err := jws.Sign(payload, jws.WithKey(jwa.ES256(), i.key, jws.WithProtectedHeaders(h)))
	if err != nil {
		t.Fatal(err)
	}
	return string(token)
}

// bench is a service with everything around it.
type bench struct {
	t        testing.TB
	service  *service.Service
	registry *sqlite.Registry
	path     string
	identity *identity
	log      *lockedBuffer
	tokens   map[string]string
	at       time.Time
	options  service.Options
}

// lockedBuffer is a log that several requests write to.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(data []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(data)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// callers are the people of the tests: name, authority and role.
var callers = map[string]struct {
	authority string
	role      access.Role
}{
	"desk-7": {"杭州市疾控中心", access.Desk}, "requester-1": {"杭州市疾控中心", access.Requester},
	"requester-2": {"杭州市疾控中心", access.Requester},
	"approver-1":  {"杭州市疾控中心", access.Approver}, "approver-2": {"杭州市疾控中心", access.Approver},
	"approver-3": {"浙江省卫健委", access.Approver}, "operator-1": {"浙江省大数据局", access.Operator},
	"auditor-1": {"浙江省审计厅", access.Auditor},
}

func newBench(t testing.TB, change func(*service.Options)) *bench {
	t.Helper()
	b := &bench{t: t, path: filepath.Join(t.TempDir(), "33.registry"), identity: newIdentity(t), log: &lockedBuffer{},
		tokens: map[string]string{}, at: now}
	for name, c := range callers {
		b.tokens[name] = b.identity.token(t, name, c.authority, c.role)
	}
	made, err := sqlite.Create(context.Background(), b.path, registry.Plan{})
	if err != nil {
		t.Fatal(err)
	}
	b.registry = made
	t.Cleanup(func() { b.registry.Close() })
	tokens, err := access.NewTokens(access.TokenOptions{Keys: b.identity.set, Issuer: "https://id.example", Audience: "tongxing-issuer"})
	if err != nil {
		t.Fatal(err)
	}
	v, err := verifier.New(provinces(t), verifier.Options{})
	if err != nil {
		t.Fatal(err)
	}
	face, err := typeface()
	if err != nil {
		t.Fatal(err)
	}
	b.options = service.Options{
		Issuer: issuerOf(t, "33", 0), Registry: made, Checker: checker{v}, Press: checker{v}, Typeface: face, Access: tokens, Secret: [32]byte{1},
		Clock: func() time.Time { return b.at }, After: time.After, Logger: slog.New(slog.NewJSONHandler(b.log, nil)),
		Limits: service.Limits{Rate: 1e6, Burst: 1e6, Address: 1e6},
	}
	if change != nil {
		change(&b.options)
	}
	b.start()
	return b
}

// start starts the service anew on the same registry, as after a restart.
func (b *bench) start() {
	b.t.Helper()
	made, err := service.New(b.options)
	if err != nil {
		b.t.Fatal(err)
	}
	b.service = made
	b.t.Cleanup(func() {
		if err := made.Close(context.Background()); err != nil {
			b.t.Error(err)
		}
	})
}

// reply is an answer to a request.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// problem is the name of the problem, "" for none.
func (r reply) problem() string {
	var p service.Problem
	if json.Unmarshal(r.body, &p) != nil {
		return ""
	}
	return strings.TrimPrefix(p.Type, "urn:tongxing:problem:")
}

func (r reply) credential(t testing.TB) service.Credential {
	t.Helper()
	var c service.Credential
	if err := json.Unmarshal(r.body, &c); err != nil || c.Code == "" {
		t.Fatalf("status %d, %s: no credential", r.status, r.body)
	}
	return c
}

// ask sends a request as a caller; body is JSON text, or a value.
func (b *bench) ask(caller, method, path string, body any, header ...string) reply {
	b.t.Helper()
	var data []byte
	switch body := body.(type) {
	case nil:
	case string:
		data = []byte(body)
	default:
		var err error
		if data, err = json.Marshal(body); err != nil {
			b.t.Fatal(err)
		}
	}
	r := httptest.NewRequest(method, path, bytes.NewReader(data))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept-Language", "en")
	if token := b.tokens[caller]; token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	b.service.ServeHTTP(w, r)
	holdToDescription(b.t, r, w.Code)
	got, err := io.ReadAll(w.Result().Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return reply{w.Code, w.Header(), got}
}

// issue asks for a credential under a key.
func (b *bench) issue(caller, key string, body any) reply {
	b.t.Helper()
	return b.ask(caller, http.MethodPost, "/v1/credentials", body, "Idempotency-Key", key)
}

func (r reply) require(t testing.TB, status int, problem string) reply {
	t.Helper()
	if r.status != status || r.problem() != problem {
		t.Fatalf("status %d, problem %q, want %d, %q: %s", r.status, r.problem(), status, problem, r.body)
	}
	return r
}

// green is a record that restricts nobody; red is one that does.
func green() service.IssueBody {
	return service.IssueBody{Record: record.Record{
		Name: personName, DocumentType: "01", DocumentNumber: personNumber,
		Status: &record.Status{Determined: now.Add(-time.Hour), Until: now.Add(72 * time.Hour)},
	}}
}

func red() service.IssueBody {
	b := green()
	b.Record.Status.State, b.Record.Status.Rule, b.Record.Status.Evidence = 2, 201, "流调-2026-0817"
	b.EvidenceAuthority = "西湖区疾控中心"
	return b
}

// approve proposes and approves, and returns the number of the proposal.
func (b *bench) approve(content map[string]any, approvers ...string) string {
	b.t.Helper()
	var p service.Proposal
	got := b.ask("requester-1", http.MethodPost, "/v1/proposals", content).require(b.t, http.StatusCreated, "")
	if err := json.Unmarshal(got.body, &p); err != nil {
		b.t.Fatal(err)
	}
	for _, approver := range approvers {
		b.ask(approver, http.MethodPost, "/v1/proposals/"+p.ID+"/approval", content).require(b.t, http.StatusOK, "")
	}
	return p.ID
}

func (b *bench) journal() []registry.JournalRecord {
	b.t.Helper()
	if err := b.service.Maintain(context.Background()); err != nil {
		b.t.Fatal(err)
	}
	var all []registry.JournalRecord
	for r, err := range b.registry.Records(context.Background(), 0) {
		if err != nil {
			b.t.Fatal(err)
		}
		all = append(all, r)
	}
	return all
}

// acts are the acts of the journal, in their order.
func (b *bench) acts() string {
	b.t.Helper()
	var all []string
	for _, r := range b.journal() {
		all = append(all, fmt.Sprintf("%s %s %s", r.Actor, r.Act, r.Outcome))
	}
	return strings.Join(all, "; ")
}
