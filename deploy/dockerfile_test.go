package deploy_test

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// instruction is a line of the Dockerfile.
type instruction struct{ name, rest string }

// stages returns the instructions of the Dockerfile, one list per FROM.
func stages(t *testing.T) [][]instruction {
	t.Helper()
	var all [][]instruction
	for line := range strings.Lines(text(t, "deploy/Dockerfile")) {
		name, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		if name == "" || strings.HasPrefix(name, "#") {
			continue
		}
		if name == "FROM" {
			all = append(all, nil)
		}
		if len(all) == 0 || strings.HasSuffix(rest, `\`) {
			t.Fatalf("Dockerfile: %q: want FROM first, and each instruction on one line", line)
		}
		all[len(all)-1] = append(all[len(all)-1], instruction{name, rest})
	}
	if len(all) != 2 {
		t.Fatalf("Dockerfile: %d stages, want one that builds and one that runs", len(all))
	}
	return all
}

// only returns the arguments of the instruction with this name. There must be exactly one.
func only(t *testing.T, stage []instruction, name string) string {
	t.Helper()
	var found []string
	for _, i := range stage {
		if i.name == name {
			found = append(found, i.rest)
		}
	}
	if len(found) != 1 {
		t.Fatalf("Dockerfile: %d × %s, want one: %q", len(found), name, found)
	}
	return found[0]
}

// text returns the content of a file of the repository.
func text(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// match returns the text of the first group where a pattern first matches a file.
func match(t *testing.T, file, pattern string) string {
	t.Helper()
	found := regexp.MustCompile(pattern).FindStringSubmatch(text(t, file))
	if found == nil {
		t.Fatalf("%s: nothing like %s", file, pattern)
	}
	return found[1]
}

// buildCommand returns the command that builds the image's binary.
func buildCommand(t *testing.T) string {
	t.Helper()
	for _, i := range stages(t)[0] {
		if i.name == "RUN" && strings.Contains(i.rest, "go build") {
			return i.rest
		}
	}
	t.Fatal("Dockerfile: no RUN with go build")
	return ""
}

// tags are the build tags of the image's binary.
func tags(t *testing.T) string {
	t.Helper()
	found := regexp.MustCompile(` -tags (\S+) `).FindStringSubmatch(buildCommand(t))
	if found == nil {
		t.Fatalf("Dockerfile: RUN %s, want tags", buildCommand(t))
	}
	return found[1]
}

// TestImageLinksNoMoreThanItServes: what only demo, bench and reports need stays out of the image, as long as no other command
// comes to need it.
func TestImageLinksNoMoreThanItServes(t *testing.T) {
	linked := func(tags string) []string {
		list := exec.CommandContext(t.Context(), "go", "list", "-deps", "-tags", tags, "./cmd/tidemark")
		list.Dir = root
		out, err := list.Output()
		if err != nil {
			t.Fatalf("go list: %v", err)
		}
		return strings.Fields(string(out))
	}
	whole, image := linked(""), linked(tags(t))
	for _, name := range []string{
		"github.com/twmb/franz-go/pkg/kfake", "github.com/alicebob/miniredis/v2", "gonum.org/v1/plot",
		"tidemark/internal/demo", "tidemark/internal/bench", "tidemark/internal/backtest", "tidemark/internal/embed", "tidemark/internal/servers",
	} {
		of := func(pkg string) bool { return pkg == name || strings.HasPrefix(pkg, name+"/") }
		if strings.HasPrefix(name, "tidemark/") && !slices.ContainsFunc(whole, of) {
			t.Errorf("the whole binary does not link %s: this row is about nothing", name)
		}
		if i := slices.IndexFunc(image, of); i >= 0 {
			t.Errorf("the image links %s, want nothing of %s", image[i], name)
		}
	}
}

func TestDockerfileBuildsAsTheMakefileDoes(t *testing.T) {
	want := strings.Replace(match(t, "Makefile", `(?m)^build-service:.*\n\t(.*)$`), "-o bin/tidemark-service", "-o /tidemark", 1)
	if got := buildCommand(t); got != want {
		t.Errorf("Dockerfile: RUN %s, want %s", got, want)
	}
	from := only(t, stages(t)[0], "FROM")
	if want := "golang:" + match(t, "go.mod", `(?m)^go (.*)$`) + "-bookworm AS build"; from != want {
		t.Errorf("Dockerfile: FROM %s, want %s", from, want)
	}
}

func TestDockerfileLeavesTheBinaryAlone(t *testing.T) {
	last := stages(t)[1]
	if got := only(t, last, "FROM"); got != "scratch" {
		t.Errorf("it runs on %s, want scratch", got)
	}
	if got := only(t, last, "USER"); !regexp.MustCompile(`^[1-9]\d+:[1-9]\d+$`).MatchString(got) {
		t.Errorf("it runs as %q, want the numbers of a user and group other than root", got)
	}
	for name, want := range map[string]string{"ENTRYPOINT": `["/tidemark"]`, "CMD": `["run"]`} {
		if got := only(t, last, name); got != want {
			t.Errorf("%s %s, want %s", name, got, want)
		}
	}
	// Go looks for certificate authorities in this file: crypto/x509/root_linux.go.
	want := map[string]bool{
		"--from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/": true, "--from=build /tidemark /tidemark": true,
	}
	for _, i := range last {
		if i.name == "COPY" && !want[i.rest] || i.name == "RUN" || i.name == "ADD" || i.name == "VOLUME" {
			t.Errorf("%s %s: want nothing in the image but the binary and the authorities", i.name, i.rest)
		}
		delete(want, i.rest)
	}
	for missing := range want {
		t.Errorf("no COPY %s", missing)
	}
}

// TestDockerignoreKeepsTheSources checks that .dockerignore leaves out no file of ours from which the binary is built.
func TestDockerignoreKeepsTheSources(t *testing.T) {
	var kept, dropped []string
	for line := range strings.SplitSeq(strings.TrimSpace(text(t, ".dockerignore")), "\n") {
		switch rule, keep := strings.CutPrefix(line, "!"); {
		case keep:
			kept = append(kept, rule)
		case strings.HasPrefix(line, "**/"):
			dropped = append(dropped, strings.TrimPrefix(line, "**/"))
		case line != "*" && !strings.HasPrefix(line, "#"):
			t.Fatalf(".dockerignore: this test does not know what %q means", line)
		}
	}
	sources := append(sourcesOfTheBinary(t), "go.mod", "go.sum")
	if len(sources) < 50 {
		t.Fatalf("the binary has %d sources, want more", len(sources))
	}
	for _, file := range sources {
		top, _, _ := strings.Cut(file, "/")
		if !slices.Contains(kept, top) {
			t.Errorf(".dockerignore leaves %s out", file)
		}
		for element := range strings.SplitSeq(file, "/") {
			for _, pattern := range dropped {
				if out, err := path.Match(pattern, element); out || err != nil {
					t.Errorf(".dockerignore leaves %s out by %s (%v)", file, pattern, err)
				}
			}
		}
	}
	for _, secret := range []string{".git", "bin", ".ci"} {
		if slices.Contains(kept, secret) {
			t.Errorf(".dockerignore lets %s in", secret)
		}
	}
}

// sourcesOfTheBinary returns our files from which the binary is built, relative to root.
func sourcesOfTheBinary(t *testing.T) []string {
	t.Helper()
	list := exec.CommandContext(t.Context(), "go", "list", "-deps", "-tags", tags(t), "-json=Dir,Module,GoFiles,EmbedFiles", "./cmd/tidemark")
	list.Dir = root
	out, err := list.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	top, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var pkg struct {
			Dir                 string
			Module              *struct{ Main bool }
			GoFiles, EmbedFiles []string
		}
		if err := decoder.Decode(&pkg); errors.Is(err, io.EOF) {
			return files
		} else if err != nil {
			t.Fatal(err)
		}
		if pkg.Module == nil || !pkg.Module.Main {
			continue
		}
		for _, file := range append(pkg.GoFiles, pkg.EmbedFiles...) {
			name, err := filepath.Rel(top, filepath.Join(pkg.Dir, file))
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, filepath.ToSlash(name))
		}
	}
}
