package access_test

import (
	"fmt"

	"github.com/tongxing/tongxing/issuer/access"
)

func ExampleRoles_May() {
	desk := access.Roles{access.Desk}
	fmt.Println(desk.May(access.Issue), desk.May(access.Look))
	// Output: true false
}
