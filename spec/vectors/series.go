package vectors

// Series is what a reader of a series of QR codes (series.md) is shown, text by
// text, and what it makes of it. At most one text is wrong.
type Series struct {
	Name        string       `json:"name"`
	Comment     string       `json:"comment"`
	Requirement []string     `json:"requirement"`
	Texts       []SeriesText `json:"texts"`
	File        Bytes        `json:"file"` // what they give; nil: too few
}

// SeriesText is one text and what a reader says to it that has read those before.
type SeriesText struct {
	Text   string `json:"text"`
	Expect string `json:"expect"` // frame, complete, poisoned, not_a_frame, later or damaged

	// Of a frame:
	Session  Bytes  `json:"session"` // 8 bytes
	Count    int    `json:"count"`
	Sequence uint32 `json:"sequence"`
	Row      Bytes  `json:"row"` // count bits, the first the most significant
}

// LoadSeries returns all vectors of series in the order of their names.
func LoadSeries() ([]Series, error) {
	return loadAll(trustFiles, "series/*.json", func(s *Series) string { return s.Name }, nil)
}
