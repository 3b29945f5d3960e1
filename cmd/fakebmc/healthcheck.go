package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

const healthcheckHelp = `Ask a running fakebmc whether it is ready, at the HTTP port of --http or of the
variable FAKEBMC_HTTP. Exit status 0: it is; 1: it is not, or nobody answers.

In a container this is the health check, since there is no shell and no curl:

  HEALTHCHECK CMD ["/fakebmc", "healthcheck"]`

// healthcheckPatience is how long the answer may take.
const healthcheckPatience = 3 * time.Second

func newHealthcheck(p process) *cobra.Command {
	var addr address
	flags := pflag.NewFlagSet("healthcheck", pflag.ContinueOnError)
	flags.Var(&addr, "http", "the HTTP port of the running fakebmc")
	c := &cobra.Command{
		Use:     "healthcheck",
		Short:   "Ask a running fakebmc whether it is ready",
		Long:    healthcheckHelp,
		Example: "  fakebmc healthcheck --http 127.0.0.1:8080",
		Args:    noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := applyVariables(c, flags, p.environ); err != nil {
				return err
			}
			if addr == "" {
				return errors.New("where is the HTTP port? say it with --http or FAKEBMC_HTTP, the same as the running fakebmc's")
			}
			if err := askHealth(c.Context(), string(addr)); err != nil {
				return failure{err}
			}
			fmt.Fprintln(c.OutOrStdout(), "ready")
			return nil
		},
	}
	c.Flags().AddFlagSet(flags)
	return c
}

// askHealth asks /readyz. The port is this computer's, whatever a proxy variable says.
func askHealth(ctx context.Context, addr string) error {
	ctx, cancel := context.WithTimeout(ctx, healthcheckPatience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+dialable(addr)+"/readyz", nil)
	if err != nil {
		return err
	}
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	resp, err := (&http.Client{Transport: transport}).Do(req)
	if err != nil {
		return fmt.Errorf("not healthy: %w; is fakebmc running with --http %s?", err, addr)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1024))
	if err != nil {
		return fmt.Errorf("not healthy: %w", err)
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("not healthy: %s: %s", resp.Status, strings.TrimSpace(string(body)))
	}
	return nil
}

// dialable is the address by which to reach a listener from this computer.
func dialable(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return addr
	}
	switch host {
	case "", "0.0.0.0":
		host = "127.0.0.1"
	case "::":
		host = "::1"
	}
	return net.JoinHostPort(host, port)
}
