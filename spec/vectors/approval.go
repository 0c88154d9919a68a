package vectors

import "embed"

//go:embed approval/*.json
var approvalFiles embed.FS

// Approval is one approval of issuer.md, section 10, with what a reader makes of it.
type Approval struct {
	Name        string        `json:"name"`        // of the file, without .json
	Comment     string        `json:"comment"`     // what is special about it
	Requirement []string      `json:"requirement"` // the MUSTs it tests, such as ISSUER-26
	Approval    Bytes         `json:"approval"`    // the COSE_Sign
	Keys        []PublicPoint `json:"keys"`        // of those who may approve
	Expect      string        `json:"expect"`      // ok, or the class of the fault
	Says        ApprovalSays  `json:"says"`        // of a right approval
}

// ApprovalSays is what an approval says, and what its keyed hash is of.
type ApprovalSays struct {
	Signer   Bytes             `json:"signer"` // thumbprint
	Region   string            `json:"region"`
	Job      string            `json:"job"`
	JobKey   Bytes             `json:"job_key"` // of the keyed hash
	Input    string            `json:"input"`   // content of the file of records
	Records  Bytes             `json:"records"` // the keyed hash
	At       int64             `json:"at"`      // unix seconds
	Adverse  map[uint16]uint64 `json:"adverse"` // records by state
	Keys     []Bytes           `json:"keys"`    // thumbprints
	Digest   Bytes             `json:"digest"`  // of a bulk job, nil where there is none
	Count    uint64            `json:"count"`   // of a bulk job: records
	Lifetime uint32            `json:"lifetime"`
}

// LoadApprovals returns all vectors of approvals in the order of their names.
func LoadApprovals() ([]Approval, error) {
	return loadAll(approvalFiles, "approval/*.json", func(a *Approval) string { return a.Name }, nil)
}
