package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
)

// documentVector is one signed document, right or wrong, as a file.
type documentVector struct {
	Name        string   `json:"name"`
	Comment     string   `json:"comment"`
	Requirement []string `json:"requirement"`
	Kind        string   `json:"kind"`           // what the document says that it is
	Document    string   `json:"document"`       // the COSE_Sign in hexadecimal
	Hash        string   `json:"hash,omitempty"` // of a right document
	Expect      string   `json:"expect"`         // ok, or the class of the fault

	err error
}

// documentTime is when all documents are issued, unless a vector says otherwise:
// 2022-08-09 08:00 at UTC+8.
const documentTime = 1660003200

// field is an entry of a document's map.
func field(key uint64, value raw) pair { return pair{uintOf(key), value} }

// docHead begins a national document.
func docHead(epoch, counter, issued uint64) pairs {
	return pairs{field(1, uints(epoch, counter)), field(2, uintOf(issued))}
}

// docRegion begins a document of a region, with the time at which the next is
// due.
func docRegion(region string, counter, issued uint64) pairs {
	return append(docHead(1, counter, issued), field(3, uintOf(issued+86400)), field(4, textOf(region)))
}

func mediaType(kind string) string { return "application/vnd.tongxing." + kind + "+cose" }

// message is a COSE_Sign under construction: every part can be made wrong.
type message struct {
	protected   raw // the content of the body's protected header
	unprotected raw
	payload     raw
	signatures  []raw
	tag         uint64
	err         error // of signing
}

func newMessage(kind string, payload raw) *message {
	return &message{mapOf(pairs{field(16, textOf(mediaType(kind)))}), mapOf(nil), payload, nil, 98, nil}
}

// signed adds the signatures of keys, in the order of their thumbprints.
func (m *message) signed(keys ...*key) *message {
	keys = slices.Clone(keys)
	slices.SortFunc(keys, func(a, b *key) int {
		x, y := a.thumbprint(), b.thumbprint()
		return bytes.Compare(x[:], y[:])
	})
	for _, k := range keys {
		m.signatures = append(m.signatures, m.signature(k))
	}
	return m
}

// signature is the COSE_Signature of a key.
func (m *message) signature(k *key) raw {
	thumbprint := k.thumbprint()
	protected := mapOf(pairs{{intOf(1), intOf(k.alg)}, {intOf(4), bytesOf(thumbprint[:])}})
	structure := arrayOf(textOf("Signature"), bytesOf(m.protected), bytesOf(protected), bytesOf(nil), bytesOf(m.payload))
	value, err := k.sign(structure)
	if err != nil {
		m.err = fmt.Errorf("sign with %s: %w", k.name, err)
	}
	return arrayOf(bytesOf(protected), mapOf(nil), bytesOf(value))
}

func (m *message) bytes() raw {
	return tagOf(m.tag, arrayOf(bytesOf(m.protected), m.unprotected, bytesOf(m.payload), arrayOf(m.signatures...)))
}

// hash is SHA-256 over [body protected, payload].
func (m *message) hash() [32]byte {
	return sha256.Sum256(arrayOf(bytesOf(m.protected), bytesOf(m.payload)))
}

// keysOf returns n keys of a role for an algorithm.
func keysOf(role string, alg int64, n int) []*key {
	keys := make([]*key, n)
	for i := range keys {
		keys[i] = keyOf(role, alg, i)
	}
	return keys
}

// point is the compressed form of a key.
func (k *key) point() []byte {
	x, y := k.coordinates()
	return append([]byte{2 + y[31]&1}, x...)
}

// points is the array of the keys' points, in ascending order.
func points(keys []*key) raw {
	items := make([][]byte, len(keys))
	for i, k := range keys {
		items[i] = k.point()
	}
	slices.SortFunc(items, bytes.Compare)
	var out []raw
	for _, item := range items {
		out = append(out, bytesOf(item))
	}
	return arrayOf(out...)
}

// keyRefs is the array of [algorithm, point], in the order of the encodings.
func keyRefs(keys []*key) raw {
	var items []raw
	for _, k := range keys {
		items = append(items, arrayOf(intOf(k.alg), bytesOf(k.point())))
	}
	slices.SortFunc(items, func(a, b raw) int { return bytes.Compare(a, b) })
	return arrayOf(items...)
}

// documentFiles returns the vectors of documents and bundles by path.
func documentFiles() (map[string][]byte, error) {
	files := map[string][]byte{}
	add := func(path string, v any, err error) error {
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		content, err := json.MarshalIndent(v, "", "  ")
		if err != nil {
			return err
		}
		if files[path] != nil {
			return fmt.Errorf("two vectors are named %s", path)
		}
		files[path] = append(content, '\n')
		return nil
	}
	for _, v := range slices.Concat(goodDocuments(), badDocuments()) {
		if err := add("documents/"+v.Name+".json", v, v.err); err != nil {
			return nil, err
		}
	}
	for _, v := range bundleVectors() {
		if err := add("bundles/"+v.Name+".json", v, v.err); err != nil {
			return nil, err
		}
	}
	return files, nil
}

func goodDocument(name, comment, kind string, m *message, requirement ...string) *documentVector {
	hash := m.hash()
	return &documentVector{name, comment, requirement, kind, hex.EncodeToString(m.bytes()), hex.EncodeToString(hash[:]), "ok", m.err}
}

func badDocument(name, expect, comment, kind string, m *message, requirement ...string) *documentVector {
	return &documentVector{name, comment, requirement, kind, hex.EncodeToString(m.bytes()), "", expect, m.err}
}
