package release

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"testing"
)

// digests pins what each release has written: the first half of the SHA-256 over the names and contents of the files of its folder.
var digests = map[int]string{
	1: "ccdf29572370e888f50dad1f9a99725d",
	2: "1beff870b1fe46a8df796eb7bccc2dfd",
	3: "527d69d8a220f37c115c56e78cfe6861",
	4: "61ade65f0b24edc37a93e118d34ece44",
	5: "801956ff422e415218f18a4f98fae0ea",
	6: "7dabfe351fa7ad6067a0447c6d11f4b7",
}

// TestFoldersStand: the folder of a release never changes. A folder that is written again would hide that the next release no longer reads
// what the release has written.
func TestFoldersStand(t *testing.T) {
	seen := map[int]bool{}
	for i, r := range All(t) {
		seen[r.Number] = true
		if r.Number != i+1 {
			t.Errorf("folder %d: want the releases numbered without a gap from 1 on", r.Number)
		}
		if got, want := digest(t, r), digests[r.Number]; got != want {
			t.Errorf("folder %d: digest %q, want %q. If the folder is new, or its release is not made yet, put the digest into this table; "+
				"else restore the folder", r.Number, got, want)
		}
	}
	for number := range digests {
		if !seen[number] {
			t.Errorf("folder %d is gone: want every release to be read for ever", number)
		}
	}
}

func digest(t *testing.T, r Release) string {
	t.Helper()
	folder := path.Join("testdata", r.Name())
	files, err := fs.ReadDir(Files, folder) // in order of the names
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.New()
	for _, file := range files {
		content := r.file(t, file.Name())
		fmt.Fprintf(sum, "%s %d\n%s", file.Name(), len(content), content)
	}
	return hex.EncodeToString(sum.Sum(nil)[:16])
}
