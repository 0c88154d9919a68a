package service

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/tongxing/tongxing/issuer/access"
)

// APIVersion is the version of the interface, in the description and the paths.
const APIVersion = "1.0.0"

// setFramework gives the framework our form of problems; it has one place for the
// whole process.
var setFramework = sync.OnceFunc(func() {
	huma.NewErrorWithContext = frameworkProblem
	huma.NewError = func(status int, message string, errs ...error) huma.StatusError {
		return frameworkProblem(nil, status, message, errs...)
	}
	huma.ValidateStrictCasing = true
})

// jsonFormat is JSON without two members of one name, of which every reader could
// take another.
var jsonFormat = huma.Format{
	Marshal:   huma.DefaultJSONFormat.Marshal,
	Unmarshal: unmarshalStrictly,
}

var errTwice = errors.New("a member stands twice")

func unmarshalStrictly(data []byte, v any) error {
	if _, first := v.(*any); first { // huma reads once to validate and once to fill
		if err := uniqueNames(data); err != nil {
			return err
		}
	}
	return withoutContent(json.Unmarshal(data, v))
}

func unwrap(c huma.Context) (*http.Request, http.ResponseWriter) { return humago.Unwrap(c) }

// configuration describes the interface.
func configuration() huma.Config {
	components := &huma.Components{
		Schemas: huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer),
		SecuritySchemes: map[string]*huma.SecurityScheme{
			"token":       {Type: "http", Scheme: "bearer", BearerFormat: "JWT", Description: "Roles as scopes: tongxing:desk, tongxing:requester, tongxing:approver, tongxing:operator, tongxing:auditor."},
			"certificate": {Type: "mutualTLS", Description: "Roles by the list of callers."},
		},
	}
	return huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI:    "3.1.0",
			Info:       &huma.Info{Title: "Tongxing issuing service 通行签发服务", Version: APIVersion, Description: "spec/issuer.md is the text."},
			Components: components,
			Security:   []map[string][]string{{"token": {}}, {"certificate": {}}},
		},
		// No path of the framework's own: its page loads from elsewhere.
		Formats:                      map[string]huma.Format{"application/json": jsonFormat, "json": jsonFormat},
		DefaultFormat:                "application/json",
		RejectUnknownQueryParameters: true,
	}
}

// build makes the handler.
func (s *Service) build() error {
	setFramework()
	mux := http.NewServeMux()
	api := humago.New(mux, configuration())
	api.UseMiddleware(s.authorize)
	s.register(api)
	requireKeys(api.OpenAPI())
	var err error
	if s.openapi, err = api.OpenAPI().YAML(); err != nil {
		return err
	}
	page, err := documentation(api.OpenAPI())
	if err != nil {
		return err
	}
	static := func(contentType string, data []byte) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", contentType)
			_, _ = w.Write(data) // who asked may be gone
		}
	}
	mux.Handle("GET /openapi.yaml", static("application/yaml", s.openapi))
	mux.Handle("GET /docs", static("text/html; charset=utf-8", page))
	mux.Handle("GET /metrics", s.guarded(access.Metrics, s.Metrics()))
	mux.HandleFunc("GET "+livePath, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok\n") })
	mux.HandleFunc("GET /readyz", s.ready)
	s.handler = s.around(mux)
	return nil
}

// OpenAPI returns the description of the interface (OpenAPI 3.1, YAML).
func (s *Service) OpenAPI() []byte { return s.openapi }

// guarded is a handler outside of the described interface for who may act.
func (s *Service) guarded(act access.Act, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked := requestOf(r.Context())
		asked.operation = string(act)
		err := s.authenticate(r, asked)
		if err == nil && !asked.caller.Roles.May(act) {
			err = refusal("forbidden")
		}
		if err != nil {
			s.write(r.Context(), w, err)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// operation describes one operation.
func (s *Service) operation(id, method, path, summary string, status int, acts ...access.Act) huma.Operation {
	return huma.Operation{
		OperationID: id, Method: method, Path: path, Summary: summary, DefaultStatus: status,
		MaxBodyBytes: s.options.Limits.Body, Metadata: map[string]any{actOf: acts},
		Errors: refusals(method, path),
	}
}

// refusals are the statuses of problems.csv that an operation may answer: what is
// looked for is not there, and what is asked for does not fit what became of it.
func refusals(method, path string) []int {
	statuses := []int{400, 401, 403, 422, 429, 503}
	switch {
	case method == http.MethodPost:
		statuses = append(statuses, 404, 409, 410, 413, 415)
	case strings.Contains(path, "{"):
		statuses = append(statuses, 404)
	}
	return statuses
}

// requireKeys describes the Idempotency-Key as needed. It is not the framework that
// refuses a request without one: checkKey says more.
func requireKeys(api *huma.OpenAPI) {
	for _, item := range api.Paths {
		if item.Post == nil {
			continue
		}
		for _, parameter := range item.Post.Parameters {
			if parameter.Name == "Idempotency-Key" {
				parameter.Required = true
			}
		}
	}
}

// register names every operation with the acts of which its caller needs one.
func (s *Service) register(api huma.API) {
	const get, post = http.MethodGet, http.MethodPost
	huma.Register(api, s.operation("issue", post, "/v1/credentials", "Issue a credential (制码)", http.StatusCreated,
		access.Issue, access.Adverse), s.issue)
	huma.Register(api, s.operation("convert", post, "/v1/conversions", "Issue anew what another region issued (转码)", http.StatusCreated,
		access.Convert), s.convert)
	huma.Register(api, s.operation("reissue", post, "/v1/replacements", "Replace a credential that its holder brings (纠错)", http.StatusCreated,
		access.Reissue, access.Adverse), s.reissue)
	huma.Register(api, s.printOperation(), s.print)
	huma.Register(api, s.operation("order", post, "/v1/orders", "Revoke, suspend or resume by reference (纠错)", http.StatusOK,
		access.Revoke, access.Suspend, access.Resume), s.order)
	huma.Register(api, s.operation("look", get, "/v1/credentials/{reference}", "What has become of a credential (查询)", http.StatusOK,
		access.Look), s.look)
	huma.Register(api, s.operation("propose", post, "/v1/proposals", "Propose what needs a second person", http.StatusCreated,
		access.Propose), s.propose)
	huma.Register(api, s.operation("proposal", get, "/v1/proposals/{id}", "A proposal as it stands", http.StatusOK,
		access.Propose, access.Approve), s.showProposal)
	huma.Register(api, s.operation("approve", post, "/v1/proposals/{id}/approval", "Approve a proposal by the content that was seen", http.StatusOK,
		access.Approve), s.approve)
	huma.Register(api, s.operation("jobs", get, "/v1/jobs", "Bulk work", http.StatusOK, access.Jobs), s.jobs)
	huma.Register(api, s.operation("job", get, "/v1/jobs/{name}", "How far a job is", http.StatusOK, access.Jobs), s.job)
	huma.Register(api, s.operation("journal", get, "/v1/journal", "What people did", http.StatusOK, access.Journal), s.readJournal)
}
