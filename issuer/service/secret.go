package service

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/issuer/registry"
)

// secret makes the hashes that the registry keeps of requests. A bare hash over a
// person's number could be tried out.
type secret struct{ key [32]byte }

// hash is HMAC-SHA-256 over parts, each with its length before it.
func (s secret) hash(purpose string, parts ...[]byte) [32]byte {
	mac := hmac.New(sha256.New, s.key[:])
	for _, part := range append([][]byte{[]byte("tongxing/service/1/" + purpose)}, parts...) {
		var length [8]byte
		binary.BigEndian.PutUint64(length[:], uint64(len(part)))
		mac.Write(length[:])
		mac.Write(part)
	}
	var sum [32]byte
	mac.Sum(sum[:0])
	return sum
}

// requestKey names a request by who made it and his Idempotency-Key.
func (s secret) requestKey(caller, key string) registry.RequestKey {
	sum := s.hash("request", []byte(caller), []byte(key))
	return registry.RequestKey(sum[:16])
}

// proposalKey names the one request that a proposal is good for.
func (s secret) proposalKey(id registry.ProposalID) registry.RequestKey {
	sum := s.hash("proposed", id[:])
	return registry.RequestKey(sum[:16])
}

// replacedKey names the one replacement of a credential that is under way.
func (s secret) replacedKey(old registry.Reference) registry.RequestKey {
	sum := s.hash("replaced", []byte(referenceText(old)))
	return registry.RequestKey(sum[:16])
}

// orderKey names an order by what names its request.
func (s secret) orderKey(request registry.RequestKey) registry.OrderKey {
	sum := s.hash("order", request[:])
	return registry.OrderKey(sum[:16])
}

// digest hashes a request's content: the same members in another order or with
// other blanks are the same content.
func (s secret) digest(kind string, content any) ([32]byte, error) {
	data, err := json.Marshal(content)
	if err != nil {
		return [32]byte{}, fmt.Errorf("service: %w", err)
	}
	return s.hash("content", []byte(kind), data), nil
}

// regionNumber reads a region's two digits.
func regionNumber(code string) (uint8, error) {
	n, err := strconv.ParseUint(code, 10, 8)
	if err != nil || !format.ValidRegion(code) {
		return 0, fmt.Errorf("service: region %q is not two digits", code)
	}
	return uint8(n), nil
}

// referenceText writes a reference as people read it: 33-7936-734003.
func referenceText(r registry.Reference) string {
	return format.ReferenceText(fmt.Sprintf("%02d", r.Region), format.Ref{List: r.List, Index: r.Index})
}

// reference reads one of this region.
func (s *Service) reference(text string) (registry.Reference, error) {
	region, ref, err := format.ParseReference(text)
	if err != nil {
		return registry.Reference{}, refusal("reference_unknown")
	}
	if region != s.issuer().Region() {
		return registry.Reference{}, refusal("reference_other")
	}
	return registry.Reference{Region: s.region, List: ref.List, Index: ref.Index}, nil
}
