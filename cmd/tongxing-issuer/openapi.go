package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/issuer/service"
)

func (a *app) openapiCommand() *cobra.Command {
	return a.Command("openapi", "issuer_openapi", cobra.NoArgs, func(context.Context, []string) error {
		_, err := a.Out.Write(service.Description())
		return err
	})
}
