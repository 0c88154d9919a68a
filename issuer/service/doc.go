// Package service is the HTTP interface under which a province issues one by one:
// issue, convert (转码), reissue, revoke, suspend, resume, look, and what a second
// person has to agree to before it is done. spec/issuer.md is the text for its
// users and openapi.yaml the description for their programs.
//
// The life of a request:
//
//	who asks (package access) -> may he (one table) -> was it answered before
//	  -> draft -> reference -> sign, verify -> committed with others -> answer
//
// An issue carries an Idempotency-Key. The registry keeps its answer for a day
// without anything of the person: reference, times and signature. The same request
// again gives the same credential byte for byte, built again from the request
// itself, also after the process was killed at any point:
//
//	POST /v1/credentials            Idempotency-Key: 3f1c...
//	{"record": {"name": "陈梓", "document_type": "01", "document_number": "469999198104010408",
//	            "status": {"state": 0, "rule": 0, "determined": "...", "until": "..."}}}
//	201 {"code": "TX1:...", "reference": "46-7943-734003", ...}
//
// What restricts a person needs a second hand. The requester proposes it, of which
// the registry keeps a keyed hash; the approver sends the same content, which he
// has seen, to approve it; and the requester repeats his request with the number
// of the proposal. Every such act stands in the journal before it is done.
//
// Nothing of a person is kept, logged or counted here.
package service
