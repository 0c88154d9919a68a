package main

import (
	"encoding/hex"
	"strings"
)

// namesToMask is the input of names.json; what comes out is computed, and read
// by people before it is committed.
var namesToMask = []string{
	"明", "王明", "王小明", "欧阳小明", "诸葛亮",
	" 王 小 明 ", "王　明", "王\t明",
	"买买提·吐尔逊", "买买提•吐尔逊", "买买提・吐尔逊", "买买提．吐尔逊",
	"𠮷野家", "𬱖明", "王𬱖", "葛\U000e0100城", "邊\ufe00一",
	"John Smith", "john smith", "Ｊｏｈｎ　Ｓｍｉｔｈ", "Jean-Luc Picard", "O'Brien", "X",
	"Éric Ångström", "E\u0301ric A\u030angstro\u0308m", "Maria das Dores (Dora) Costa",
	"J. R. R. Tolkien 3", "3 Doors",
	"A B C D E F G H I J", strings.Repeat("Ana ", 12),
	"Q\u0323\u0303\u0304\u0305\u0306\u0307\u0308\u0309\u030a\u030b\u030c John",
	"Иванов Пётр", "Мария", "तेनजिंग नोर्गे", "བསྟན་འཛིན", "ئابدۇراھىم", "김철수", "佐藤 John",
	"王" + strings.Repeat("\u0302", 12) + "明",
	"ᠪᠠᠲᠤ\u180b", "·", "007", "", "   ",
}

func nameCases() []nameCase {
	var cases []nameCase
	for _, name := range namesToMask {
		c := nameCase{Name: name}
		if masked, err := maskName(name); err == nil {
			c.Masked = masked
		}
		cases = append(cases, c)
	}
	return cases
}

func thumbprintCases() []thumbprintCase {
	var cases []thumbprintCase
	for _, alg := range []int64{algSM2, algES256} {
		for n := 1; n <= 3; n++ {
			k := keyOf("33", alg, n)
			x, y := k.coordinates()
			t := k.thumbprint()
			cases = append(cases, thumbprintCase{
				Algorithm: alg, X: hex.EncodeToString(x), Y: hex.EncodeToString(y),
				Thumbprint: hex.EncodeToString(t[:]), KID: hex.EncodeToString(t[:4]),
			})
		}
	}
	return cases
}
