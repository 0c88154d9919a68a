package main

import (
	"math/big"
	"time"
)

// exampleIndex is the index of newCode within its list.
const exampleIndex = 4051238

func exampleList() uint64 { return listOf(newCode().exp, 0) }

// listed returns v under material whose first region, that of the code, has the
// lists.
func (v *vector) listed(lists ...revocations) *vector {
	return v.under(func(t *trust) { t.Regions[0].StatusLists = lists })
}

// insisting returns v for a venue that judges no code whose list it lacks.
func (v *vector) insisting() *vector {
	before := v.trust
	return v.under(func(t *trust) {
		if before != nil {
			before(t)
		}
		t.Insists = true
	})
}

// agedBy returns v under material that was issued so long before the code.
func (v *vector) agedBy(age time.Duration) *vector {
	before := v.trust
	return v.under(func(t *trust) {
		before(t)
		t.Issued = stamp(uint64(defaultIssued.Add(-age).Unix()))
	})
}

func revoked(index ...uint64) revocations { return revocations{List: exampleList(), Revoked: index} }

// revocationVectors are codes that their list revokes, in every form that a code
// has.
func revocationVectors() []*vector {
	list := exampleList()
	in := func(n, expect, comment string, change func(*code), lists revocations, requirement ...string) *vector {
		return bad("revocation-"+n, expect, comment, change, append(requirement, "STATUS-30")...).listed(lists)
	}
	return []*vector{
		in("revoked", "revoked", "The index is in the revoked set of its list.", nil, revoked(exampleIndex)),
		in("superseded", "superseded", "The index is in the superseded set.", nil, revocations{List: list, Superseded: []uint64{exampleIndex}}),
		in("suspended", "suspended", "The index is in the suspended set.", nil, revocations{List: list, Suspended: []uint64{exampleIndex}}),
		in("among-many", "superseded", "One of many, in all three sets.", nil, revocations{
			List: list, Revoked: seq(4051000, 200), Superseded: seq(4051200, 300), Suspended: seq(4051500, 300),
		}),
		in("first-index", "revoked", "The index 0.", ref(0, 0), revoked(0)),
		in("last-index", "suspended", "The last index.", ref(0, 1<<32-1), revocations{List: list, Suspended: []uint64{1<<32 - 1}}),
		in("last-shard", "revoked", "A list of the last shard.", ref(255, 77), revocations{List: list + 255, Revoked: []uint64{77}}),
		in("vaccination", "revoked", "A code without a status.", vaccinated, revoked(exampleIndex)),
		in("converted", "revoked", "A converted code, revoked by the region that made it.", conversion, revoked(exampleIndex)),
		in("es256", "revoked", "A code with ES256.", func(c *code) { c.from("33", algES256, 1) }, revoked(exampleIndex)),
		in("twin", "revoked", "The twin r, n - s of a revoked code: the signature is no part of the lookup.", twinSignature, revoked(exampleIndex), "SIG-6", "STATUS-34"),
		in("other-claims", "revoked", "Another code with the same ref: a reference that was used twice is revoked with the first.", func(c *code) {
			c.valid(c.iat+60, c.exp)
		}, revoked(exampleIndex), "STATUS-34"),
		in("digits", "revoked", "A revoked code as digits.", nil, revoked(exampleIndex), "STATUS-34").in(digitsForm),
		in("blanks", "revoked", "A revoked code with blanks around it.", nil, revoked(exampleIndex), "STATUS-34").in(func(data []byte) string {
			return " " + textForm(data) + "\r\n"
		}),
		in("overdue", "revoked", "The list is of three days before; the next one was due two days before.", nil, revoked(exampleIndex), "STATUS-33").agedBy(72 * time.Hour),
		in("insisting", "revoked", "To a venue that insists on a list, which is there.", nil, revoked(exampleIndex), "STATUS-32").insisting(),
		bad("revocation-re-encoded", "encoding", "A revoked code whose payload is written in another encoding.", func(c *code) {
			c.encodePayload = func(p pairs) raw { return indefinite(5, p.body()) }
		}, "STATUS-34", "CRED-2").listed(revoked(exampleIndex)),
	}
}

// twinSignature makes the signature r, n - s of that which the key makes.
func twinSignature(c *code) {
	c.from("33", algES256, 1)
	c.signature = func(message []byte) ([]byte, error) {
		signature, err := c.signer.sign(message)
		if err != nil {
			return nil, err
		}
		s := new(big.Int).SetBytes(signature[32:])
		return join64(new(big.Int).SetBytes(signature[:32]), s.Sub(c.signer.curve.Params().N, s)), nil
	}
}

// seq returns n numbers from first on.
func seq(first uint64, n int) []uint64 {
	out := make([]uint64, n)
	for i := range out {
		out[i] = first + uint64(i)
	}
	return out
}

// listVectors are codes that no list revokes: what is said of others, or by
// others, is not said of them.
func listVectors() []*vector {
	list := exampleList()
	fine := func(n, comment string, lists revocations, requirement ...string) *vector {
		return ok("status-list-"+n, comment, nil, append(requirement, "STATUS-30")...).listed(lists)
	}
	lacking := func(n, expect, comment string) *vector {
		return bad("status-list-"+n, expect, comment, nil, "STATUS-32")
	}
	return []*vector{
		fine("empty", "A list in which nothing is.", revocations{List: list}),
		fine("neighbours", "The indices before and behind are revoked.", revoked(exampleIndex-1, exampleIndex+1)),
		fine("low-bits", "An index with the same low 16 bits is revoked.", revoked(exampleIndex%65536)),
		fine("other-shard", "The next shard has the index.", revocations{List: list + 1, Revoked: []uint64{exampleIndex}}, "STATUS-31"),
		fine("other-month", "The list of the next month has the index.", revocations{List: list + 256, Revoked: []uint64{exampleIndex}}, "STATUS-31"),
		ok("status-list-other-region", "Another region's list of the same number has the index.", nil, "STATUS-30", "STATUS-31").under(func(t *trust) {
			t.Regions[1].StatusLists = []revocations{revoked(exampleIndex)}
		}),
		ok("status-list-source-region", "The list of the region that a converted code comes from has the index.", conversion, "STATUS-30", "STATUS-35").under(func(t *trust) {
			t.Regions[0].StatusLists, t.Regions[1].StatusLists = []revocations{revoked()}, []revocations{revoked(exampleIndex)}
		}),
		fine("overdue", "The list is of three days before, and used.", revoked(7), "STATUS-33").agedBy(72 * time.Hour),
		fine("insisting", "A venue that insists on a list, which is there.", revoked(7), "STATUS-32").insisting(),
		fine("overdue-insisting", "A venue that insists on a list; an old one is one.", revoked(7), "STATUS-32", "STATUS-33").agedBy(72 * time.Hour).insisting(),
		lacking("none-insisting", "no_status_list", "A venue that insists on a list, and has none.").insisting(),
		lacking("other-shard-insisting", "no_status_list", "A venue that insists on a list, and has another one of the month.").listed(revocations{List: list + 1}).insisting(),
		lacking("other-region-insisting", "no_status_list", "A venue that insists on a list, and has another region's of that number.").under(func(t *trust) {
			t.Regions[1].StatusLists = []revocations{revoked()}
		}).insisting(),
		bad("status-list-none-vaccination", "no_status_list", "The same for a code without a status.", vaccinated, "STATUS-32").insisting(),
	}
}

// revocationOrders have two faults, one of them of revocation.
func revocationOrders() []*vector {
	pair := func(n, expect, comment string, change func(*code), clock func(iat, exp uint64) uint64) *vector {
		v := bad("order-revoked-"+n, expect, comment, change, "VERIFY-1", "STATUS-30").listed(revoked(exampleIndex))
		v.clock = clock
		return v
	}
	lacking := func(n, expect, comment string, change func(*code)) *vector {
		return bad("order-no-list-"+n, expect, comment, change, "VERIFY-1", "STATUS-32").insisting()
	}
	expired := func(_, exp uint64) uint64 { return exp }
	stranger := papers{DocumentType: "01", Number: withCheckX()}
	unknownState := func(c *code) { c.set(claimStatus, uints(7, 701, 90)) }
	lateWithoutList := lacking("expired", "expired", "Expired, and there is no list.", nil)
	lateWithoutList.clock = expired
	return []*vector{
		pair("expired", "expired", "Revoked and expired.", nil, expired),
		pair("future", "from_the_future", "Revoked and from the future.", nil, func(iat, _ uint64) uint64 { return iat - 3600 }).agedBy(2 * time.Hour),
		pair("signature", "signature_invalid", "Revoked, with a wrong signature: nobody can have a code revoked by making one up.", func(c *code) {
			c.signature = func([]byte) ([]byte, error) { return make([]byte, 64), nil }
		}, nil),
		pair("trust-stale", "trust_stale", "Revoked by trust material that is too old for anything.", nil, nil).agedBy(100 * 24 * time.Hour),
		pair("programme", "programme_ended", "Revoked, and the programme has ended.", nil, nil).ending(),
		pair("red", "revoked", "Revoked, and red without a rule.", red, nil),
		pair("unknown-state", "revoked", "Revoked, in a state that nobody knows.", unknownState, nil),
		pair("no-status", "revoked", "Revoked, without a status.", vaccinated, nil),
		pair("stranger", "revoked", "Revoked, and shown by a stranger.", nil, nil).with(stranger),
		lateWithoutList,
		lacking("red", "adverse_without_rule", "Red without a rule, and there is no list.", red),
		lacking("unknown-state", "state_unknown", "A state that nobody knows, and no list.", unknownState),
		lacking("stranger", "holder_mismatch", "Shown by a stranger, and there is no list.", nil).with(stranger),
		lacking("old", "no_status_list", "Trust material of eight days, and no list.", nil).agedBy(8 * 24 * time.Hour),
	}
}

// ending returns v under material that was issued when the programme ended.
func (v *vector) ending() *vector {
	before := v.trust
	return v.under(func(t *trust) { before(t); t.ProgrammeEnd = t.Issued })
}
