package vectors

// Derived are the values that an issuer derives from a document
// (credential.md, section 11, and signatures.md, section 4), case by case.
type Derived struct {
	Tags        []TagCase
	Numbers     []NumberCase
	Names       []NameCase
	Thumbprints []ThumbprintCase

	Fingerprints []FingerprintCase // trust.md, section 13
}

// TagCase is a holder tag.
type TagCase struct {
	Class  uint64 `json:"class"`
	Number string `json:"number"` // normalised
	Issuer string `json:"iss"`
	List   uint64 `json:"list"`
	Index  uint64 `json:"index"`
	Tag    Bytes  `json:"tag"` // 2 bytes
}

// NumberCase is a document number and what it becomes.
type NumberCase struct {
	DocumentType string `json:"document_type"` // WS 364.3
	Class        uint64 `json:"class"`
	Number       string `json:"number"`     // as given
	Normalised   string `json:"normalised"` // empty: refused
	LastTwo      string `json:"last_two"`
}

// NameCase is a name and its masked form.
type NameCase struct {
	Name   string `json:"name"`
	Masked string `json:"masked"` // empty: refused
}

// ThumbprintCase is a public key and what identifies it.
type ThumbprintCase struct {
	Algorithm  int64 `json:"algorithm"`
	X          Bytes `json:"x"`
	Y          Bytes `json:"y"`
	Thumbprint Bytes `json:"thumbprint"` // 32 bytes
	KID        Bytes `json:"kid"`        // 4 bytes
}

// FingerprintCase is a hash as Chinese characters.
type FingerprintCase struct {
	Comment string `json:"comment"`
	Hash    Bytes  `json:"hash"` // empty: refused
	Words   string `json:"words"`
	Wrong   int    `json:"wrong"` // place of the character that no list has, from 1; 0: the fault has no one place
}

type derivedFile[T any] struct {
	Comment     string   `json:"comment"`
	Requirement []string `json:"requirement"`
	Cases       []T      `json:"cases"`
}

// LoadDerived returns the cases of derived values. It fails when a file has
// none.
func LoadDerived() (*Derived, error) {
	var d Derived
	if err := readCases("tags", &d.Tags); err != nil {
		return nil, err
	}
	if err := readCases("numbers", &d.Numbers); err != nil {
		return nil, err
	}
	if err := readCases("names", &d.Names); err != nil {
		return nil, err
	}
	if err := readCases("thumbprints", &d.Thumbprints); err != nil {
		return nil, err
	}
	if err := readCases("fingerprints", &d.Fingerprints); err != nil {
		return nil, err
	}
	return &d, nil
}

func readCases[T any](name string, into *[]T) error {
	var f derivedFile[T]
	if err := read("derived/"+name+".json", &f); err != nil {
		return err
	}
	if len(f.Cases) == 0 {
		return ErrNone
	}
	*into = f.Cases
	return nil
}
