package vectors

import (
	"embed"
	"encoding/json"
)

//go:embed statustoken/*.json
var statusTokenFiles embed.FS

//go:embed public/token_status_list.json
var publicStatusLists []byte

// StatusToken is one IETF Status List Token (token-status-list.md), with what a
// reader makes of it.
type StatusToken struct {
	Name        string          `json:"name"`        // of the file, without .json
	Comment     string          `json:"comment"`     // what is special about it
	Requirement []string        `json:"requirement"` // the MUSTs it tests, such as TSL-15
	Format      string          `json:"format"`      // cwt or jwt
	CWT         Bytes           `json:"cwt"`
	JWT         string          `json:"jwt"`
	Key         PublicPoint     `json:"key"`        // that the reader is given
	Time        int64           `json:"time"`       // of the reader, unix seconds
	AskedFor    string          `json:"asked_for"`  // URI of the list that the reader wants; empty: any
	MaxPlaces   uint64          `json:"max_places"` // that the reader allows
	Expect      string          `json:"expect"`     // ok, or the class of the fault
	Says        StatusTokenSays `json:"says"`       // of a right token
	Written     bool            `json:"written"`    // as an export is written, but for the compressor
}

// StatusTokenSays is what a token says. Times are unix seconds.
type StatusTokenSays struct {
	Subject    string `json:"subject"`
	Issued     int64  `json:"issued"`
	Expires    int64  `json:"expires"` // 0: not said
	TTL        int64  `json:"ttl"`     // seconds; 0: not said
	Places     uint64 `json:"places"`
	Revoked    Ranges `json:"revoked"`
	Superseded Ranges `json:"superseded"`
	Suspended  Ranges `json:"suspended"`
}

// Token returns the bytes of the token, in either format.
func (v *StatusToken) Token() []byte {
	if v.Format == "jwt" {
		return []byte(v.JWT)
	}
	return v.CWT
}

// LoadStatusTokens returns all vectors of Status List Tokens in the order of their
// names.
func LoadStatusTokens() ([]StatusToken, error) {
	return loadAll(statusTokenFiles, "statustoken/*.json", func(t *StatusToken) string { return t.Name }, nil)
}

// PublicStatusList is an example of draft-ietf-oauth-status-list: a StatusList map
// in CBOR. Compressors differ: compare after inflating.
type PublicStatusList struct {
	File string `json:"file"` // of the draft's sources
	CBOR Bytes  `json:"cbor_hex"`
}

// LoadPublicStatusLists returns the examples of the draft.
func LoadPublicStatusLists() ([]PublicStatusList, error) {
	var content struct{ Vectors []PublicStatusList }
	if err := json.Unmarshal(publicStatusLists, &content); err != nil {
		return nil, err
	}
	if len(content.Vectors) == 0 {
		return nil, ErrNone
	}
	return content.Vectors, nil
}
