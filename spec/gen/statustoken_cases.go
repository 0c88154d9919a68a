package main

// tokenCases collects vectors until one cannot be made.
type tokenCases struct {
	all []tokenVector
	err error
}

// add makes one vector of a token that change has changed.
func (c *tokenCases) add(v tokenVector, change func(*statusToken)) {
	t := newStatusToken(algES256)
	if change != nil {
		change(t)
	}
	c.make(v, t)
}

func (c *tokenCases) make(v tokenVector, t *statusToken) {
	if c.err != nil {
		return
	}
	v, c.err = t.build(v)
	c.all = append(c.all, v)
}

func (c *tokenCases) done() ([]tokenVector, error) { return c.all, c.err }

func needs(numbers ...string) []string { return numbers }

func goodTokens() ([]tokenVector, error) {
	var c tokenCases
	for _, alg := range []struct {
		name   string
		number int64
	}{{"es256", algES256}, {"sm2", algSM2}} {
		for _, format := range []string{"cwt", "jwt"} {
			c.make(tokenVector{
				Name: "good-" + format + "-" + alg.name, Comment: "As an export is written.", Written: true, Format: format, Expect: "ok",
				Requirement: needs("TSL-1", "TSL-2", "TSL-10", "TSL-11", "TSL-12", "TSL-13", "TSL-18"),
			}, newStatusToken(alg.number))
		}
	}
	ok := func(name, comment, format string, change func(*statusToken), requirement ...string) {
		c.add(tokenVector{Name: name, Comment: comment, Format: format, Expect: "ok", Requirement: requirement}, change)
	}
	for _, bits := range []int{1, 4, 8} {
		name := map[int]string{1: "1-bit", 4: "4-bits", 8: "8-bits"}[bits]
		ok("good-"+name, "Statuses of another width.", "cwt", func(t *statusToken) {
			t.bits, t.says.Places = bits, 48
			if bits == 1 {
				t.says.Superseded, t.says.Suspended = nil, nil
			}
			t.lst = stored(arrayOfStatuses(bits, t.says.Places, t.says))
		}, "TSL-3")
	}
	ok("good-none", "A list of which nobody is revoked.", "cwt", func(t *statusToken) {
		t.says.Revoked, t.says.Superseded, t.says.Suspended = nil, nil, nil
		t.lst = stored(make([]byte, 8))
	}, "TSL-3")
	ok("good-largest", "As many places as the reader allows.", "cwt", func(t *statusToken) {
		t.says.Places, t.says.Revoked, t.says.Superseded, t.says.Suspended = tokenMaxPlaces, nil, nil, nil
		t.bits, t.lst = 8, zerosOf(tokenMaxPlaces)
	}, "TSL-4")
	return c.done()
}

// foreignTokens are right and not as an export is written.
func foreignTokens() ([]tokenVector, error) {
	var c tokenCases
	ok := func(name, comment, format string, change func(*statusToken), requirement ...string) {
		c.add(tokenVector{Name: name, Comment: comment, Format: format, Expect: "ok", Requirement: requirement}, change)
	}
	ok("good-unsorted", "Claims and members in the order of the draft's example.", "cwt", func(t *statusToken) {
		t.claims = func(raw) raw {
			p := t.cwtClaims(mapAsIs(t.list()))
			return mapAsIs(pairs{p[0], p[2], p[1], p[4], p[3]})
		}
	}, "TSL-20")
	ok("good-long-heads", "A time with a longer head than it needs.", "cwt", func(t *statusToken) {
		t.claims = func(list raw) raw {
			return mapOf(t.cwtClaims(list).with(intOf(6), longHead(0, tokenIssued, 8)))
		}
	}, "TSL-20")
	ok("good-other-kid", "The kid is another issuer's, and in the unprotected header.", "cwt", func(t *statusToken) {
		t.protected = t.protected.without(intOf(4))
		t.unprotected = mapOf(pairs{{intOf(4), bytesOf([]byte("12"))}})
	}, "TSL-20")
	ok("good-other-claims", "Claims of which nothing is said here, one with a tag.", "cwt", func(t *statusToken) {
		t.claims = func(list raw) raw {
			return mapOf(t.cwtClaims(list).with(intOf(1), textOf("issuer")).with(intOf(7), tagOf(37, bytesOf(make([]byte, 16)))))
		}
	}, "TSL-20")
	ok("good-no-times", "Neither exp nor ttl.", "cwt", func(t *statusToken) {
		t.says.Expires, t.says.TTL = 0, 0
		t.claims = func(list raw) raw {
			return mapOf(t.cwtClaims(list).without(intOf(4)).without(intOf(65534)))
		}
	}, "TSL-17")
	ok("good-aggregation", "With the URI of an aggregation.", "jwt", func(t *statusToken) {
		claims := t.jwtClaims()
		claims["status_list"].(jose)["aggregation_uri"] = "urn:tongxing:status:33"
		t.payload = canonical(claims)
	}, "TSL-20")
	ok("good-jwt-blanks", "JSON with blanks and another order.", "jwt", func(t *statusToken) {
		t.header = "{ \"typ\":\"statuslist+jwt\",\n\"alg\":\"ES256\" }"
	}, "TSL-20")
	return c.done()
}

// zerosOf is that many zero bytes in the zlib format: zeros, and what is left over
// as literals before the end of the block.
func zerosOf(n int) []byte {
	return zerosThen((n-1)/258, (n-1)%258)
}

func badTokenArrays() ([]tokenVector, error) {
	var c tokenCases
	list := func(name, expect, comment string, change func(*statusToken), requirement ...string) {
		c.add(tokenVector{Name: name, Comment: comment, Format: "cwt", Expect: expect, Requirement: requirement}, change)
	}
	members := func(p func(*statusToken) pairs) func(*statusToken) {
		return func(t *statusToken) { t.claims = func(raw) raw { return mapOf(t.cwtClaims(mapAsIs(p(t)))) } }
	}
	with := func(name string, value raw) func(*statusToken) {
		return members(func(t *statusToken) pairs { return t.list().with(textOf(name), value) })
	}
	for _, bits := range []uint64{0, 3, 16} {
		name := map[uint64]string{0: "bits-0", 3: "bits-3", 16: "bits-16"}[bits]
		list(name, "status_list", "A width that no status has.", with("bits", uintOf(bits)), "TSL-3")
	}
	list("bits-negative", "status_list", "A negative width.", with("bits", intOf(-2)), "TSL-3")
	list("bits-text", "status_list", "A width in text.", with("bits", textOf("2")), "TSL-3")
	list("bits-missing", "status_list", "No width.", members(func(t *statusToken) pairs { return t.list().without(textOf("bits")) }), "TSL-3")
	list("lst-missing", "status_list", "No array.", members(func(t *statusToken) pairs { return t.list().without(textOf("lst")) }), "TSL-3")
	list("lst-text", "status_list", "The array in base64url, as JSON has it.", with("lst", textOf("eNrbuRgAAhcBXQ")), "TSL-3")
	list("lst-array", "status_list", "The array as one of integers.", with("lst", uints(0x78, 0x01, 0x03, 0x00)), "TSL-3")
	list("bits-bignum", "status_list", "A width as a bignum.", with("bits", tagOf(2, bytesOf([]byte{2}))), "TSL-3")
	list("lst-null", "status_list", "null in the place of the array.", with("lst", raw{0xf6}), "TSL-3")
	list("lst-twice", "status_list", "The array twice.", members(func(t *statusToken) pairs { return append(t.list(), t.list()[1]) }), "TSL-17")
	list("list-an-array", "status_list", "An array in the place of the map.", func(t *statusToken) {
		t.claims = func(raw) raw { return mapOf(t.cwtClaims(arrayOf(intOf(2), bytesOf(t.lst)))) }
	}, "TSL-3")
	array := func(name, expect, comment string, change func(lst []byte) []byte, requirement ...string) {
		list(name, expect, comment, func(t *statusToken) { t.lst = change(t.lst) }, requirement...)
	}
	array("lst-empty", "status_list", "No bytes.", func([]byte) []byte { return []byte{} }, "TSL-3")
	array("lst-no-places", "status_list", "An array of no bytes, compressed.", func([]byte) []byte { return stored(nil) }, "TSL-3")
	array("lst-not-compressed", "status_list", "An array that is not compressed.", func([]byte) []byte { return []byte{0xb9, 0xa3} }, "TSL-3")
	array("lst-deflate", "status_list", "DEFLATE without the zlib format around it.", func(lst []byte) []byte { return lst[2 : len(lst)-4] }, "TSL-3")
	array("lst-cut", "status_list", "The array is cut off.", func(lst []byte) []byte { return lst[:len(lst)-6] }, "TSL-3")
	array("lst-checksum", "status_list", "A wrong checksum.", func(lst []byte) []byte {
		lst[len(lst)-1] ^= 1
		return lst
	}, "TSL-3")
	array("lst-no-checksum", "status_list", "The checksum is missing.", func(lst []byte) []byte { return lst[:len(lst)-4] }, "TSL-3")
	array("lst-trailing", "status_list", "A byte behind the array.", func(lst []byte) []byte { return append(lst, 0) }, "TSL-3")
	array("lst-dictionary", "status_list", "A dictionary that nobody has.", func([]byte) []byte {
		return []byte{0x78, 0x20, 0, 0, 0, 1, 3, 0, 0, 0, 0, 1}
	}, "TSL-3")
	array("bomb", "places", "Seven thousand bytes that become a million.", func([]byte) []byte { return zeros(4100) }, "TSL-4")
	list("one-place-more", "places", "Four places more than the reader allows.", func(t *statusToken) {
		t.bits, t.lst = 2, zerosOf(tokenMaxPlaces/4+1)
	}, "TSL-4")
	for _, status := range []int{4, 12, 255} {
		name := map[int]string{4: "status-4", 12: "status-12", 255: "status-255"}[status]
		list(name, "status_type", "A status that has no meaning here.", func(t *statusToken) {
			t.bits, t.lst = 8, stored([]byte{0, 1, 2, 3, byte(status)})
		}, "TSL-5")
	}
	return c.done()
}
