package spec

// The readers of the tables, one each. The header is repeated here so that a
// table whose columns moved does not load.

func parseProvinces(t *codeTables, read func(string) ([]byte, error)) error {
	return codeRows(read, "provinces.csv", "gb2260,iso3166_2,zh,en", func(r *codeRow) {
		p := Province{Number: r.text(), ISO: r.text(), Label: r.label()}
		if len(p.Number) != 2 || len(p.ISO) != 5 {
			r.fail("code of another length")
		}
		index(r, &t.provinceByNumber, p.Number, len(t.provinces))
		t.provinces = append(t.provinces, p)
	})
}

// parseRegions reads the regions that are no province; the provinces are read
// already.
func parseRegions(t *codeTables, read func(string) ([]byte, error)) error {
	for i, p := range t.provinces {
		t.regions = append(t.regions, Region{p.Number, p.Label})
		index(&codeRow{}, &t.regionByNumber, p.Number, i)
	}
	return codeRows(read, "regions.csv", "number,zh,en", func(r *codeRow) {
		region := Region{Number: r.text(), Label: r.label()}
		if len(region.Number) != 2 {
			r.fail("code of another length")
		}
		index(r, &t.regionByNumber, region.Number, len(t.regions))
		t.regions = append(t.regions, region)
	})
}

func parseDocumentTypes(t *codeTables, read func(string) ([]byte, error)) error {
	header := "number,ws364_3,class,citizen_number,zh,en,aliases"
	return codeRows(read, "document_types.csv", header, func(r *codeRow) {
		d := DocumentType{
			Number: r.text(), WS364: r.next(), Class: uint8(r.uint(8)),
			CitizenNumber: r.choice("yes", "no"), Label: r.label(),
		}
		if len(d.Number) != 2 || d.Class == 0 || d.Class > 99 {
			r.fail("number or class out of range")
		}
		if d.CitizenNumber != (d.Class == 1) {
			r.fail("class 1 is every document with the citizen number")
		}
		position := len(t.documentTypes)
		index(r, &t.documentByNumber, d.Number, position)
		indexNames(r, &t.documentByName, position, d.Label, r.aliases())
		t.documentTypes = append(t.documentTypes, d)
	})
}

func parseProducts(t *codeTables, read func(string) ([]byte, error)) error {
	header := "number,zh,en,course,vaccine_zh,vaccine_en,maker_zh,maker_en," +
		"eu,eu_maker,eu_prophylaxis,icd11,icd11_match,vaccine_aliases,maker_aliases"
	return codeRows(read, "products.csv", header, func(r *codeRow) {
		p := Product{
			Number: uint16(r.uint(16)), Label: r.label(), Course: uint8(r.uint(8)),
			Vaccine: r.label(), Maker: r.label(),
			EU: r.next(), EUMaker: r.next(), EUProphylaxis: r.next(),
			ICD11: r.next(), ICD11Exact: r.choice("exact", "wider"),
		}
		if p.Number == 0 || p.Course == 0 {
			r.fail("numbers and courses begin at 1")
		}
		position := len(t.products)
		index(r, &t.productByNumber, p.Number, position)
		vaccines := append(r.aliases(), p.Vaccine.ZH, p.Vaccine.EN)
		makers := append(r.aliases(), p.Maker.ZH, p.Maker.EN)
		for _, vaccine := range vaccines {
			for _, maker := range makers {
				index(r, &t.productByPair, [2]string{foldAlias(vaccine), foldAlias(maker)}, position)
			}
		}
		t.products = append(t.products, p)
	})
}

func parseTestKinds(t *codeTables, read func(string) ([]byte, error)) error {
	return codeRows(read, "test_kinds.csv", "number,zh,en,eu,icd11,aliases", func(r *codeRow) {
		k := TestKind{Number: uint16(r.uint(16)), Label: r.label(), EU: r.next(), ICD11: r.next()}
		if k.Number == 0 {
			r.fail("numbers begin at 1")
		}
		index(r, &t.kindByNumber, k.Number, len(t.testKinds))
		indexNames(r, &t.kindByName, len(t.testKinds), k.Label, r.aliases())
		t.testKinds = append(t.testKinds, k)
	})
}

func parseResults(t *codeTables, read func(string) ([]byte, error)) error {
	return codeRows(read, "results.csv", "number,zh,en,eu,icd11,aliases", func(r *codeRow) {
		x := Result{Number: uint16(r.uint(16)), Label: r.label(), EU: r.next(), ICD11: r.next()}
		index(r, &t.resultByNumber, x.Number, len(t.results))
		indexNames(r, &t.resultByName, len(t.results), x.Label, r.aliases())
		t.results = append(t.results, x)
	})
}

func parseStates(t *codeTables, read func(string) ([]byte, error)) error {
	return codeRows(read, "states.csv", "number,letter,zh,en,aliases", func(r *codeRow) {
		s := State{Number: uint16(r.uint(16)), Letter: r.text(), Label: r.label()}
		if len(s.Letter) != 1 || s.Letter[0] < 'A' || s.Letter[0] > 'Z' {
			r.fail("%q is not one capital letter", s.Letter)
		}
		if s.Number >= 1<<16/rulesPerState {
			r.fail("no room for the rules of state %d", s.Number)
		}
		index(r, &t.stateByNumber, s.Number, len(t.states))
		index(r, &t.stateByLetter, s.Letter, len(t.states))
		indexNames(r, &t.stateByName, len(t.states), s.Label, r.aliases())
		t.states = append(t.states, s)
	})
}

func parseExemptions(t *codeTables, read func(string) ([]byte, error)) error {
	return codeRows(read, "exemptions.csv", "number,zh,en,aliases", func(r *codeRow) {
		e := Exemption{Number: uint16(r.uint(16)), Label: r.label()}
		if e.Number == 0 {
			r.fail("numbers begin at 1")
		}
		r.aliases() // read by no feed yet
		index(r, &t.exemptByNumber, e.Number, len(t.exemptions))
		t.exemptions = append(t.exemptions, e)
	})
}

func parseVenueClasses(t *codeTables, read func(string) ([]byte, error)) error {
	return codeRows(read, "venue_classes.csv", "number,zh,en", func(r *codeRow) {
		v := VenueClass{Number: uint16(r.uint(16)), Label: r.label()}
		if v.Number == 0 {
			r.fail("numbers begin at 1")
		}
		index(r, &t.venueByNumber, v.Number, len(t.venues))
		t.venues = append(t.venues, v)
	})
}
