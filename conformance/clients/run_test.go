//go:build clients

package clients

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"
)

// limit is how long a client may take when nothing else is said.
const limit = 60 * time.Second

// result is what a client did.
type result struct {
	command string
	out     string // standard output and standard error, as they came
	code    int
}

// run runs a client to its end, without a terminal and with nothing on standard input.
func run(t *testing.T, name string, args ...string) result {
	t.Helper()
	return feed(t, "", name, args...)
}

// feed runs a client with a text on standard input.
func feed(t *testing.T, input, name string, args ...string) result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "LC_ALL=C", "TZ=UTC"}
	cmd.Dir = t.TempDir()
	cmd.Stdin = strings.NewReader(input)
	cmd.WaitDelay = 5 * time.Second // a busy computer
	out, err := cmd.CombinedOutput()
	r := result{command: strings.Join(cmd.Args, " "), out: string(out)}
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		t.Fatalf("%s: still running after %v\n%s", r.command, limit, out)
	case errors.As(err, &exit):
		r.code = exit.ExitCode()
	case err != nil:
		t.Fatalf("%s: %v", r.command, err)
	}
	return r
}

var blanks = regexp.MustCompile(`[ \t]+`)

// squeeze makes runs of blanks one blank and takes those off that begin and end a line, because clients align.
func squeeze(s string) string {
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimSpace(blanks.ReplaceAllString(line, " "))
	}
	return strings.Join(lines, "\n")
}

// ok fails the test unless the client ended with 0 and printed every one of the texts, blanks squeezed.
func (r result) ok(t *testing.T, texts ...string) {
	t.Helper()
	r.want(t, 0, texts...)
}

// refused fails the test unless the client ended with an error and printed every one of the texts.
func (r result) refused(t *testing.T, texts ...string) {
	t.Helper()
	if r.code == 0 {
		t.Errorf("%s: succeeds, and should be refused\n%s", r.command, r.out)
	}
	r.want(t, r.code, texts...)
}

// want fails the test unless the client ended with the code and printed every one of the texts.
func (r result) want(t *testing.T, code int, texts ...string) {
	t.Helper()
	if r.code != code {
		t.Errorf("%s: exit %d, want %d\n%s", r.command, r.code, code, r.out)
		return
	}
	got := squeeze(r.out)
	for _, text := range texts {
		if !strings.Contains(got, text) {
			t.Errorf("%s: does not print %q\n%s", r.command, text, r.out)
			return
		}
	}
}

// without fails the test if the client printed one of the texts.
func (r result) without(t *testing.T, texts ...string) {
	t.Helper()
	got := squeeze(r.out)
	for _, text := range texts {
		if strings.Contains(got, text) {
			t.Errorf("%s: prints %q\n%s", r.command, text, r.out)
		}
	}
}
