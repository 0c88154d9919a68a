package main

import "time"

// code is a credential under construction. Its parts are encoded CBOR, so that
// a vector can put anything anywhere; what is not replaced is right. The
// signature is made over the bytes as they end up, so that a fault stands alone.
type code struct {
	signer *key
	alg    raw // value of alg; nil: that of the signer
	kid    raw // value of kid; nil: that of the signer

	iss      string
	iat, exp uint64
	health   pairs // the health claims by key

	protected   func(pairs) pairs // changes the protected header
	unprotected raw
	payload     func(pairs) pairs // changes the claims set

	encodeProtected func(pairs) raw // nil: mapOf
	encodePayload   func(pairs) raw
	encodeHealth    func(pairs) raw
	signature       func(message []byte) ([]byte, error) // nil: the signer's
	envelope        func(protected, unprotected, payload, signature raw) raw
}

// Times of the default credential: the moment at which the example feeds end.
var (
	defaultIssued = time.Date(2022, 8, 10, 0, 0, 0, 0, time.UTC)
	zoneChina     = time.FixedZone("UTC+8", 8*3600)
)

// Keys of the health claims.
const (
	claimHolder = iota + 1
	claimRef
	claimStatus
	claimTests
	claimVaccinations
	claimExemptions
	claimOrigin
)

const claimsKey = -65537

// newCode returns a right credential of region 33 with the green state.
func newCode() *code {
	c := &code{signer: keyOf("33", algSM2, 1), iss: "33", unprotected: mapOf(nil)}
	c.iat = uint64(defaultIssued.Unix())
	c.exp = c.iat + 24*3600
	c.set(claimHolder, exampleHolder("王*明", "33", listOf(c.exp, 0), 4051238))
	c.set(claimRef, uints(listOf(c.exp, 0), 4051238))
	c.set(claimStatus, uints(0, 0, 90))
	return c
}

// exampleHolder is the holder claim for the example document: an identity card
// of a county that does not exist.
func exampleHolder(name, iss string, list, index uint64) raw {
	tag := holderTag(1, exampleNumber, iss, list, index)
	return holderOf(name, 1, exampleNumber[len(exampleNumber)-2:], tag)
}

func holderOf(name string, class uint64, lastTwo string, tag []byte) raw {
	return arrayOf(textOf(name), uintOf(class), textOf(lastTwo), bytesOf(tag))
}

// listOf is the list number of a credential that ends at exp.
func listOf(exp, shard uint64) uint64 {
	t := time.Unix(int64(exp), 0).In(zoneChina)
	return uint64((t.Year()-2020)*12+int(t.Month())-1)*256 + shard
}

func (c *code) set(claim uint64, value raw) { c.health = c.health.with(uintOf(claim), value) }

func (c *code) drop(claim uint64) { c.health = c.health.without(uintOf(claim)) }

// valid sets the times and, with them, ref and holder.
func (c *code) valid(iat, exp uint64) {
	c.iat, c.exp = iat, exp
	c.set(claimHolder, exampleHolder("王*明", c.iss, listOf(exp, 0), 4051238))
	c.set(claimRef, uints(listOf(exp, 0), 4051238))
}

// from makes the credential one of another region and key.
func (c *code) from(region string, alg int64, n int) {
	c.iss, c.signer = region, keyOf(region, alg, n)
	c.valid(c.iat, c.exp)
}

// bytes encodes and signs the credential.
func (c *code) bytes() ([]byte, error) {
	protected := c.protectedBytes()
	payload := c.payloadBytes()
	message := sigStructure(protected, payload)
	sign := c.signature
	if sign == nil {
		sign = c.signer.sign
	}
	signature, err := sign(message)
	if err != nil {
		return nil, err
	}
	if c.envelope != nil {
		return c.envelope(bytesOf(protected), c.unprotected, bytesOf(payload), bytesOf(signature)), nil
	}
	return tagOf(18, arrayOf(bytesOf(protected), c.unprotected, bytesOf(payload), bytesOf(signature))), nil
}

func sigStructure(protected, payload []byte) []byte {
	return arrayOf(textOf("Signature1"), bytesOf(protected), bytesOf(nil), bytesOf(payload))
}

func (c *code) protectedBytes() raw {
	alg, kid := c.alg, c.kid
	if alg == nil {
		alg = intOf(c.signer.alg)
	}
	if kid == nil {
		kid = bytesOf(c.signer.kid())
	}
	header := pairs{{uintOf(1), alg}, {uintOf(4), kid}}
	if c.protected != nil {
		header = c.protected(header)
	}
	return encodeMap(header, c.encodeProtected)
}

func (c *code) payloadBytes() raw {
	claims := pairs{
		{uintOf(1), textOf(c.iss)},
		{uintOf(4), uintOf(c.exp)},
		{uintOf(6), uintOf(c.iat)},
		{intOf(claimsKey), encodeMap(c.health, c.encodeHealth)},
	}
	if c.payload != nil {
		claims = c.payload(claims)
	}
	return encodeMap(claims, c.encodePayload)
}

func encodeMap(p pairs, encode func(pairs) raw) raw {
	if encode == nil {
		return mapOf(p)
	}
	return encode(p.sorted())
}
