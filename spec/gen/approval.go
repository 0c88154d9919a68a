package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// approvalVector is one approval, right or wrong.
type approvalVector struct {
	Name        string        `json:"name"`
	Comment     string        `json:"comment"`
	Requirement []string      `json:"requirement"`
	Approval    string        `json:"approval"` // the COSE_Sign in hexadecimal
	Keys        []tokenKey    `json:"keys"`     // of those who may approve
	Expect      string        `json:"expect"`   // ok, or the class of the fault
	Says        *approvalSays `json:"says,omitempty"`

	err error
}

// approvalSays is what a right approval says, field by field, with the key and the
// file that its keyed hash is of.
type approvalSays struct {
	Signer   hexBytes          `json:"signer"` // thumbprint
	Region   string            `json:"region"`
	Job      string            `json:"job"`
	JobKey   hexBytes          `json:"job_key"`
	Input    string            `json:"input"` // content of the file of records
	Records  hexBytes          `json:"records"`
	At       uint64            `json:"at"`
	Adverse  map[uint64]uint64 `json:"adverse"`
	Keys     []hexBytes        `json:"keys"`
	Digest   hexBytes          `json:"digest,omitempty"`
	Count    uint64            `json:"count,omitempty"`
	Lifetime uint64            `json:"lifetime,omitempty"`
}

// hashRecords is the keyed hash of the file.
func (s *approvalSays) hashRecords() {
	sum := sha256.Sum256([]byte(s.Input))
	mac := hmac.New(sha256.New, s.JobKey)
	mac.Write([]byte("tongxing approval\n"))
	mac.Write(sum[:])
	s.Records = mac.Sum(nil)
}

// fields is the payload's map.
func (s *approvalSays) fields() pairs {
	var adverse pairs
	for state, n := range s.Adverse {
		adverse = append(adverse, pair{uintOf(state), uintOf(n)})
	}
	p := pairs{
		field(1, textOf(s.Region)), field(2, textOf(s.Job)), field(3, bytesOf(s.Records)), field(4, uintOf(s.At)),
		field(5, mapOf(adverse)), field(6, hashes(s.Keys)),
	}
	if s.Digest != nil {
		p = append(p, field(7, bytesOf(s.Digest)), field(8, uintOf(s.Count)), field(9, uintOf(s.Lifetime)))
	}
	return p
}

func hashes(all []hexBytes) raw {
	items := make([]raw, len(all))
	for i, one := range all {
		items[i] = bytesOf(one)
	}
	return arrayOf(items...)
}

// approvers are those who may approve.
func approvers() []*key { return []*key{keyOf("approver", algSM2, 0), keyOf("approver", algES256, 0)} }

// signingKeys are the thumbprints of keys of region 33, ascending.
func signingKeys(n int) []hexBytes {
	var all []hexBytes
	for i := range n {
		thumbprint := keyOf("33", algSM2, 100+i).thumbprint()
		all = append(all, thumbprint[:])
	}
	slices.SortFunc(all, func(a, b hexBytes) int { return bytes.Compare(a, b) })
	return all
}

func approvedAtOnce() *approvalSays {
	s := &approvalSays{Region: "33", Job: "33-7d1e5b02c4a9f6d81b3e0a7c95f24d68", JobKey: repeated(0x4b, 32), At: 1660089600,
		Input: "{\"name\":\"\"}\n", Adverse: map[uint64]uint64{1: 12, 2: 3}, Keys: signingKeys(2)}
	s.hashRecords()
	return s
}

func approvedBulk() *approvalSays {
	s := approvedAtOnce()
	s.Job, s.Digest, s.Count, s.Lifetime = "night-33", repeated(0x7d, 32), 1000, 604800
	return s
}

func approvalOf(name, expect, comment string, m *message, requirement ...string) *approvalVector {
	v := &approvalVector{Name: name, Comment: comment, Requirement: requirement, Expect: expect, Approval: hexText(m.bytes()), err: m.err}
	for _, k := range approvers() {
		x, y := k.coordinates()
		v.Keys = append(v.Keys, tokenKey{k.alg, hexText(x), hexText(y)})
	}
	return v
}

func rightApproval(name, comment string, says *approvalSays, by *key, requirement ...string) *approvalVector {
	v := approvalOf(name, "ok", comment, newMessage("approval", mapOf(says.fields())).signed(by), requirement...)
	thumbprint := by.thumbprint()
	says.Signer, v.Says = thumbprint[:], says
	return v
}

func goodApprovals() []*approvalVector {
	sm2, es256 := approvers()[0], approvers()[1]
	bounds, many, green := approvedAtOnce(), approvedBulk(), approvedBulk()
	bounds.Job, bounds.At, bounds.Keys = strings.Repeat("甲", 42)+"ab", 1<<32-1, signingKeys(64)
	bounds.Adverse = map[uint64]uint64{65535: 1<<64 - 1}
	for state := range uint64(63) {
		bounds.Adverse[state+1] = 1
	}
	many.At, many.Count, many.Lifetime = 0, 1<<64-1, 1<<32-1
	many.Adverse = map[uint64]uint64{1: 1, 2: 1<<64 - 2}
	green.Adverse, green.Count, green.Lifetime = map[uint64]uint64{}, 1, 1
	return []*approvalVector{
		rightApproval("at-once-sm2", "Adverse states that are issued at once, approved with SM2.", approvedAtOnce(), sm2, "ISSUER-25", "ISSUER-26"),
		rightApproval("at-once-es256", "The same with ES256.", approvedAtOnce(), es256, "ISSUER-25", "ISSUER-26"),
		rightApproval("bulk", "A bulk job.", approvedBulk(), es256, "ISSUER-26"),
		rightApproval("bulk-green", "A bulk job of one record, which restricts nobody.", green, sm2, "ISSUER-26"),
		rightApproval("bounds", "Every field at its bound.", bounds, sm2, "ISSUER-26"),
		rightApproval("bulk-bounds", "A bulk job at its bounds: every record is adverse.", many, sm2, "ISSUER-26"),
	}
}

// wrongApprovals are wrong in one field of the payload.
func wrongApprovals() []*approvalVector {
	wrong := func(name, comment string, p pairs) *approvalVector {
		return approvalOf(name, "content", comment, newMessage("approval", mapOf(p)).signed(approvers()[0]), "ISSUER-26")
	}
	set := func(p pairs, label uint64, value raw) pairs { return p.with(uintOf(label), value) }
	states := func(p ...pair) raw { return mapOf(p) }
	once, bulk := approvedAtOnce().fields(), approvedBulk().fields()
	keys := signingKeys(2)
	many := pairs{}
	for state := range uint64(65) {
		many = append(many, pair{uintOf(state + 1), uintOf(1)})
	}
	return []*approvalVector{
		wrong("region-missing", "Of no region.", once.without(uintOf(1))),
		wrong("region-letters", "A region of letters.", set(once, 1, textOf("ZJ"))),
		wrong("region-long", "A region of three digits.", set(once, 1, textOf("330"))),
		wrong("region-full-width", "A region of full-width digits.", set(once, 1, textOf("３３"))),
		wrong("job-missing", "Of no job.", once.without(uintOf(2))),
		wrong("job-empty", "A job without a name.", set(once, 2, textOf(""))),
		wrong("job-129", "A name of 129 bytes.", set(once, 2, textOf(strings.Repeat("a", 129)))),
		wrong("job-two-lines", "A name of two lines.", set(once, 2, textOf("night\n33"))),
		wrong("records-31", "A hash of 31 bytes.", set(once, 3, bytesOf(repeated(1, 31)))),
		wrong("at-2-32", "A time beyond 32 bits.", set(once, 4, uintOf(1<<32))),
		wrong("at-negative", "A time below zero.", set(once, 4, intOf(-1))),
		wrong("no-states", "Nothing that restricts anybody, and no bulk job.", set(once, 5, states())),
		wrong("state-green", "Green among what restricts.", set(once, 5, states(pair{uintOf(0), uintOf(1)}))),
		wrong("state-65536", "A state beyond 16 bits.", set(once, 5, states(pair{uintOf(65536), uintOf(1)}))),
		wrong("state-of-none", "A state of no record.", set(once, 5, states(pair{uintOf(1), uintOf(0)}))),
		wrong("states-65", "Sixty-five states.", set(once, 5, mapOf(many))),
		wrong("keys-none", "No key that was to sign.", set(once, 6, hashes(nil))),
		wrong("keys-65", "Sixty-five keys.", set(once, 6, hashes(signingKeys(65)))),
		wrong("keys-descending", "Keys in another order.", set(once, 6, hashes([]hexBytes{keys[1], keys[0]}))),
		wrong("keys-twice", "One key twice.", set(once, 6, hashes([]hexBytes{keys[0], keys[0]}))),
		wrong("key-31", "A thumbprint of 31 bytes.", set(once, 6, hashes([]hexBytes{keys[0][:31]}))),
		wrong("field-unknown", "A field of later times.", set(once, 10, uintOf(1))),
		wrong("bulk-digest-alone", "A digest, and nothing else of a bulk job.", set(once, 7, bytesOf(repeated(0x7d, 32)))),
		wrong("bulk-without-digest", "A bulk job without its digest.", bulk.without(uintOf(7))),
		wrong("bulk-without-count", "A bulk job of nobody knows how many records.", bulk.without(uintOf(8))),
		wrong("bulk-without-lifetime", "A bulk job for no time.", bulk.without(uintOf(9))),
		wrong("bulk-digest-31", "A digest of 31 bytes.", set(bulk, 7, bytesOf(repeated(1, 31)))),
		wrong("bulk-adverse-beyond-count", "More adverse records than there are.", set(bulk, 8, uintOf(14))),
		wrong("bulk-lifetime-2-32", "A lifetime beyond 32 bits.", set(bulk, 9, uintOf(1<<32))),
		wrong("bulk-count-0", "A bulk job of nothing.", set(set(bulk, 5, states()), 8, uintOf(0))),
		wrong("bulk-lifetime-0", "Credentials that last no second.", set(bulk, 9, uintOf(0))),
		approvalOf("payload-a-number", "content", "Not a map.", newMessage("approval", uintOf(5)).signed(approvers()[0]), "ISSUER-26"),
	}
}

// badApprovals are wrong around the payload.
func badApprovals() []*approvalVector {
	sm2, es256 := approvers()[0], approvers()[1]
	payload := mapOf(approvedAtOnce().fields())
	by := func(p raw, keys ...*key) *message { return newMessage("approval", p).signed(keys...) }
	header, tag, changed := by(payload, sm2), by(payload, sm2), by(payload, sm2)
	header.unprotected = mapOf(pairs{{intOf(4), bytesOf([]byte{1})}})
	tag.tag = 18
	changed.payload = mapOf(approvedAtOnce().fields().with(uintOf(4), uintOf(1660089601)))
	own := approvedBulk()
	thumbprint := sm2.thumbprint()
	own.Keys = []hexBytes{thumbprint[:]}
	stranger := keyOf("stranger", algSM2, 0)
	return []*approvalVector{
		approvalOf("payload-unsorted", "encoding", "Fields in another order.", by(mapAsIs(reversed(approvedAtOnce().fields().sorted())), sm2), "ISSUER-25"),
		approvalOf("typ-deletion", "kind", "A document of another kind.", newMessage("deletion", payload).signed(sm2), "ISSUER-25"),
		approvalOf("unprotected-header", "envelope", "A header that nobody signed.", header, "ISSUER-25"),
		approvalOf("tag-18", "envelope", "Tagged as of one signature.", tag, "ISSUER-25"),
		approvalOf("no-signature", "envelope", "Signed by nobody.", newMessage("approval", payload), "ISSUER-25"),
		approvalOf("two-signatures", "envelope", "Signed by two who may approve.", by(payload, sm2, es256), "ISSUER-25"),
		approvalOf("payload-changed", "unsigned", "Changed after it was signed.", changed, "ISSUER-25"),
		approvalOf("stranger", "unsigned", "Signed by who may not approve.", by(payload, stranger), "ISSUER-25"),
		approvalOf("stranger-content", "unsigned", "Signed by a stranger, and wrong: what nobody signed is not looked at.", by(uintOf(5), stranger), "ISSUER-25"),
		approvalOf("own-key", "own_key", "The approver's key was to sign the credentials.", by(mapOf(own.fields()), sm2), "ISSUER-24"),
	}
}

func approvalFiles() (map[string][]byte, error) {
	files := map[string][]byte{}
	for _, v := range slices.Concat(goodApprovals(), wrongApprovals(), badApprovals()) {
		if v.err != nil {
			return nil, fmt.Errorf("approval/%s: %w", v.Name, v.err)
		}
		content, err := json.MarshalIndent(v, "", "  ")
		if err != nil {
			return nil, err
		}
		path := "approval/" + v.Name + ".json"
		if files[path] != nil {
			return nil, fmt.Errorf("two vectors are named %s", path)
		}
		files[path] = append(content, '\n')
	}
	return files, nil
}
