package access

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"
	"unicode"
	"unicode/utf8"
)

// maxName is the longest name of a caller or authority, in bytes, as the registry
// has it.
const maxName = 128

// Certificates knows callers by their client certificates. That a certificate is
// genuine is for the TLS configuration (tls.RequireAndVerifyClientCert or
// VerifyClientCertIfGiven); here its subject is looked up. Immutable.
type Certificates struct{ bySubject map[string]Caller }

// callersFile is the form of the configuration.
type callersFile struct {
	Callers []struct {
		Subject   string `json:"subject"`
		Name      string `json:"name"`
		Authority string `json:"authority"`
		Roles     Roles  `json:"roles"`
	} `json:"callers"`
}

// ParseCertificates reads the configuration, a JSON object:
//
//	{"callers": [{"subject": "CN=desk-7,O=Hangzhou CDC,C=CN", "name": "desk-7",
//	              "authority": "Hangzhou CDC", "roles": ["desk"]}]}
//
// A subject is written as RFC 2253 says (`openssl x509 -noout -subject -nameopt
// RFC2253`). It refuses an unknown field or role, and a subject or name that
// stands twice: whoever has two certificates is two hands otherwise.
func ParseCertificates(data []byte) (*Certificates, error) {
	var file callersFile
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&file); err != nil {
		return nil, fmt.Errorf("access: callers: %w", err)
	}
	if decoder.More() {
		return nil, fmt.Errorf("access: callers: more than one JSON value")
	}
	c := &Certificates{bySubject: map[string]Caller{}}
	names := map[string]bool{}
	for i, one := range file.Callers {
		caller := Caller{Name: one.Name, Authority: one.Authority, Roles: one.Roles}
		switch {
		case one.Subject == "" || !validName(one.Name) || !validName(one.Authority):
			return nil, fmt.Errorf("access: caller %d: subject, name and authority are needed, at most %d printable bytes", i+1, maxName)
		case len(one.Roles) == 0:
			return nil, fmt.Errorf("access: caller %d has no role", i+1)
		case names[one.Name] || c.bySubject[one.Subject].Name != "":
			return nil, fmt.Errorf("access: caller %d: subject or name stands twice", i+1)
		}
		for _, role := range one.Roles {
			if !slices.Contains(AllRoles(), role) {
				return nil, fmt.Errorf("access: caller %d: there is no role %q", i+1, role)
			}
		}
		names[one.Name], c.bySubject[one.Subject] = true, caller
	}
	return c, nil
}

// Authenticate implements Authenticator.
func (c *Certificates) Authenticate(r *http.Request, _ time.Time) (Caller, error) {
	if r.TLS == nil || len(r.TLS.VerifiedChains) == 0 || len(r.TLS.VerifiedChains[0]) == 0 {
		return Caller{}, ErrNoCredentials
	}
	caller, known := c.bySubject[r.TLS.VerifiedChains[0][0].Subject.String()]
	if !known {
		return Caller{}, fmt.Errorf("%w: the subject of the certificate is not in the list of callers", ErrRefused)
	}
	return caller, nil
}

// validName reports whether a name can stand in the journal.
func validName(name string) bool {
	if name == "" || len(name) > maxName || !utf8.ValidString(name) {
		return false
	}
	for _, c := range name {
		if !unicode.IsPrint(c) {
			return false
		}
	}
	return true
}
