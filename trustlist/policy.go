package trustlist

// Policy is the national recognition policy.
type Policy struct {
	Version Version `cbor:"1,keyasint" json:"version"`
	Issued  int64   `cbor:"2,keyasint" json:"issued"`
}
