// Package access says who asks the issuing service for something, and whether
// that role may.
//
// A caller is a person at a desk or another system. He shows who he is by a
// bearer token of the province's identity service ([Tokens]) or by a client
// certificate ([Certificates]), and either says which roles he has:
//
//	Authorization: Bearer eyJhbGciOiJFUzI1NiIsImtpZCI6Imsx...
//	  {"iss":"https://id.example","aud":"tongxing-issuer","sub":"desk-7","exp":1660093200,
//	   "authority":"Hangzhou CDC","scope":"tongxing:desk"}
//
// is the caller "desk-7" of the authority "Hangzhou CDC" in the role desk, until
// exp. What each role may do stands in one table (see [Roles.May]):
//
//	desk       issues to a person who is there, and cannot look anyone up
//	requester  issues, and asks for what needs a second hand
//	approver   is that second hand, and does nothing else
//	operator   runs jobs and reads figures
//	auditor    reads the journal, and changes nothing
//
// A caller may have several roles; that nobody approves what he asked for himself
// is the registry's rule (registry.ErrSameHand), not a matter of roles.
package access

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/tongxing/tongxing/issuer/registry"
)

var (
	// ErrNoCredentials reports a request that shows neither token nor certificate.
	ErrNoCredentials = errors.New("access: no token and no client certificate")
	// ErrRefused is wrapped by every error about what a request shows.
	ErrRefused = errors.New("access: refused")
	// ErrKeysUnavailable reports that keys to check a token with could not be had.
	ErrKeysUnavailable = errors.New("access: the keys of the identity service are not available")
)

// Role is what a caller is to the service.
type Role string

// The roles.
const (
	Requester Role = "requester"
	Desk      Role = "desk"
	Approver  Role = "approver"
	Operator  Role = "operator"
	Auditor   Role = "auditor"
)

// AllRoles returns the roles in the order of the documentation.
func AllRoles() []Role { return []Role{Desk, Requester, Approver, Operator, Auditor} }

// Act is something that can be asked of the service.
type Act string

// The acts. An act on a credential that restricts its holder is one of its own.
const (
	Issue   Act = "issue"   // issue a credential that restricts nobody
	Adverse Act = "adverse" // issue one that does, or replace one by it
	Convert Act = "convert" // issue anew what another region issued
	Reissue Act = "reissue" // replace a credential that its holder brings
	Print   Act = "print"   // on paper, what its holder brings or was just issued
	Revoke  Act = "revoke"
	Suspend Act = "suspend"
	Resume  Act = "resume"
	Look    Act = "look" // what has become of a reference
	Propose Act = "propose"
	Approve Act = "approve"
	Job     Act = "job"  // plan bulk work
	Jobs    Act = "jobs" // look at bulk work
	Metrics Act = "metrics"
	Journal Act = "journal"
)

// AllActs returns every act.
func AllActs() []Act {
	return []Act{Issue, Adverse, Convert, Reissue, Print, Revoke, Suspend, Resume, Look, Propose, Approve, Job, Jobs, Metrics, Journal}
}

// Served reports whether a journal has an act of the service: then its rules hold for
// whatever else works on the registry.
func Served(ctx context.Context, journal registry.Journal) (bool, error) {
	acts := AllActs()
	for r, err := range journal.Records(ctx, 0) {
		if err != nil {
			return false, err
		}
		if slices.Contains(acts, Act(r.Act)) {
			return true, nil
		}
	}
	return false, nil
}

// table is the one place that says who may do what.
var table = map[Role][]Act{
	Desk:      {Issue, Convert, Reissue, Print},
	Requester: {Issue, Adverse, Convert, Reissue, Print, Revoke, Suspend, Resume, Look, Propose},
	Approver:  {Approve},
	Operator:  {Job, Jobs, Metrics, Propose},
	Auditor:   {Look, Jobs, Metrics, Journal},
}

// Roles are those of one caller.
type Roles []Role

// May reports whether one of the roles allows the act.
func (r Roles) May(act Act) bool {
	return slices.ContainsFunc(r, func(role Role) bool { return slices.Contains(table[role], act) })
}

// For returns the first of the roles that allows the act, for the journal; or "".
func (r Roles) For(act Act) Role {
	for _, role := range r {
		if slices.Contains(table[role], act) {
			return role
		}
	}
	return ""
}

// scopePrefix begins the scopes that are roles; others are somebody else's.
const scopePrefix = "tongxing:"

// rolesOf picks the roles out of a scope (RFC 6749 section 3.3).
func rolesOf(scope string) Roles {
	var roles Roles
	for _, word := range strings.Fields(scope) {
		name, ours := strings.CutPrefix(word, scopePrefix)
		if role := Role(name); ours && slices.Contains(AllRoles(), role) && !slices.Contains(roles, role) {
			roles = append(roles, role)
		}
	}
	return roles
}

// Caller is who asks.
type Caller struct {
	Name      string // unique within the province: "desk-7"
	Authority string // who answers for him: "Hangzhou CDC"
	Roles     Roles
}

// Authenticator finds out who asks. Errors wrap ErrNoCredentials, ErrRefused or
// ErrKeysUnavailable.
type Authenticator interface {
	Authenticate(r *http.Request, at time.Time) (Caller, error)
}

// Any asks several authenticators in their order: the first for which the request
// shows something decides.
type Any []Authenticator

// Authenticate implements Authenticator.
func (a Any) Authenticate(r *http.Request, at time.Time) (Caller, error) {
	for _, one := range a {
		caller, err := one.Authenticate(r, at)
		if !errors.Is(err, ErrNoCredentials) {
			return caller, err
		}
	}
	return Caller{}, ErrNoCredentials
}
