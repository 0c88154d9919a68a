package main

import "bytes"

// wholeEncodings are wrong encodings of the credential's outermost item.
func wholeEncodings() []*vector {
	outer := func(n, comment string, data func([]byte) []byte, requirement ...string) *vector {
		v := bad("encoding-"+n, "encoding", comment, nil, requirement...)
		v.data = data
		return v
	}
	return []*vector{
		outer("trailing-byte", "One byte follows the credential.", func(b []byte) []byte { return append(b, 0) }, "CRED-1"),
		outer("trailing-item", "The credential stands twice.", func(b []byte) []byte { return append(b, b...) }, "CRED-1"),
		outer("last-byte-missing", "The signature ends one byte early.", func(b []byte) []byte { return b[:len(b)-1] }, "CRED-1"),
		outer("head-alone", "Only tag and array head are left.", func(b []byte) []byte { return b[:2] }, "CRED-1"),
		outer("tag-alone", "Only the tag is left.", func(b []byte) []byte { return b[:1] }, "CRED-1"),
		outer("one-byte", "One byte that announces an argument.", func([]byte) []byte { return []byte{0x18} }, "CRED-1"),
		outer("reserved-head", "Additional information 28, which RFC 8949 reserves.", func(b []byte) []byte { return append([]byte{0xdc}, b[1:]...) }, "CRED-1"),
		outer("length-beyond-input", "A payload that claims 2^63 bytes.", func(b []byte) []byte {
			return append(bytes.Clone(b[:2]), longHead(2, 1<<63, 8)...)
		}, "CRED-1"),
		outer("tag-two-bytes", "Tag 18 in two bytes.", func(b []byte) []byte { return append(longHead(6, 18, 1), b[1:]...) }, "CRED-2"),
		outer("tag-nine-bytes", "Tag 18 in nine bytes.", func(b []byte) []byte { return append(longHead(6, 18, 8), b[1:]...) }, "CRED-2"),
		outer("array-two-bytes", "The array's length in two bytes.", func(b []byte) []byte {
			return append(append([]byte{b[0]}, longHead(4, 4, 1)...), b[2:]...)
		}, "CRED-2"),
	}
}

// around makes a vector with another envelope around the four elements.
func around(n, comment string, envelope func(p, u, b, s raw) raw, requirement ...string) *vector {
	return bad("encoding-"+n, "encoding", comment, func(c *code) { c.envelope = envelope }, requirement...)
}

// partEncodings are wrong encodings of one of the four elements.
func partEncodings() []*vector {
	return []*vector{
		around("protected-length-long", "The protected header's length in two bytes.", func(p, u, b, s raw) raw {
			return tagOf(18, arrayOf(append(longHead(2, uint64(len(p)-1), 1), p[1:]...), u, b, s))
		}, "CRED-2"),
		around("payload-length-long", "The payload's length in three bytes.", func(p, u, b, s raw) raw {
			return tagOf(18, arrayOf(p, u, append(longHead(2, uint64(b[1]), 2), b[2:]...), s))
		}, "CRED-2"),
		around("signature-length-long", "The signature's length in five bytes.", func(p, u, b, s raw) raw {
			return tagOf(18, arrayOf(p, u, b, append(longHead(2, 64, 4), s[2:]...)))
		}, "CRED-2"),
		around("unprotected-length-long", "The empty map's length in two bytes.", func(p, _, b, s raw) raw {
			return tagOf(18, arrayOf(p, longHead(5, 0, 1), b, s))
		}, "CRED-2"),
		around("array-indefinite", "The array has no definite length.", func(p, u, b, s raw) raw {
			return tagOf(18, indefinite(4, p, u, b, s))
		}, "CRED-3"),
		around("unprotected-indefinite", "The empty map has no definite length.", func(p, _, b, s raw) raw {
			return tagOf(18, arrayOf(p, indefinite(5), b, s))
		}, "CRED-3"),
		around("payload-indefinite", "The payload comes in chunks.", func(p, u, b, s raw) raw {
			return tagOf(18, arrayOf(p, u, indefinite(2, b), s))
		}, "CRED-3"),
		around("signature-indefinite", "The signature comes in two chunks.", func(p, u, b, s raw) raw {
			return tagOf(18, arrayOf(p, u, b, indefinite(2, bytesOf(s[2:34]), bytesOf(s[34:]))))
		}, "CRED-3"),
		around("unprotected-duplicate-key", "The unprotected map has a key twice.", func(p, _, b, s raw) raw {
			return tagOf(18, arrayOf(p, mapAsIs(pairs{{uintOf(1), intOf(-7)}, {uintOf(1), intOf(-7)}}), b, s))
		}, "CRED-4"),
		around("unprotected-duplicate-array-key", "The unprotected map has a key twice that is an array.", func(p, _, b, s raw) raw {
			return tagOf(18, arrayOf(p, mapAsIs(pairs{{uints(1, 2), uintOf(0)}, {uints(1, 2), uintOf(0)}}), b, s))
		}, "CRED-4"),
	}
}

// partItems have an item outside the data model in the place of an element.
func partItems() []*vector {
	return []*vector{
		around("payload-null", "A detached payload: null in its place.", func(p, u, _, s raw) raw {
			return tagOf(18, arrayOf(p, u, raw{0xf6}, s))
		}, "CRED-5"),
		around("payload-undefined", "undefined in the payload's place.", func(p, u, _, s raw) raw {
			return tagOf(18, arrayOf(p, u, raw{0xf7}, s))
		}, "CRED-5"),
		around("unprotected-null", "null in the place of the unprotected header.", func(p, _, b, s raw) raw {
			return tagOf(18, arrayOf(p, raw{0xf6}, b, s))
		}, "CRED-5"),
		around("signature-true", "true in the signature's place.", func(p, u, b, _ raw) raw {
			return tagOf(18, arrayOf(p, u, b, raw{0xf5}))
		}, "CRED-5"),
		around("two-tags", "A CWT tag (61) around the tag 18: a second tag.", func(p, u, b, s raw) raw {
			return tagOf(61, tagOf(18, arrayOf(p, u, b, s)))
		}, "CRED-5"),
		around("tag-18-twice", "The tag 18 twice.", func(p, u, b, s raw) raw {
			return tagOf(18, tagOf(18, arrayOf(p, u, b, s)))
		}, "CRED-5"),
		around("payload-tagged", "A tag (24, encoded CBOR) before the payload.", func(p, u, b, s raw) raw {
			return tagOf(18, arrayOf(p, u, tagOf(24, b), s))
		}, "CRED-5"),
		around("unprotected-nested-too-deep", "Arrays in the unprotected header nest 13 deep.", func(p, _, b, s raw) raw {
			return tagOf(18, arrayOf(p, mapOf(pairs{{uintOf(1), nest(11)}}), b, s))
		}, "CRED-7"),
	}
}

// nest is that many arrays, one inside the other.
func nest(levels int) raw {
	item := arrayOf()
	for range levels - 1 {
		item = arrayOf(item)
	}
	return item
}
