// Package release holds what each release of Tidemark has written, for the tests of the next release: profiles, the keys of Redis, and
// messages. A newer program must read all of it, and go on from it. Only tests use the package.
//
// testdata has one folder a release, named by a number:
//
//	log.jsonl      the events of a few customers, whose lives use every part of the encodings
//	redis.json     the keys of Redis when half of the log is applied and no output is published yet, as a service wrote them
//	profiles.json  the profiles of all customers then and at the end, and what they hold
//	messages.json  messages of every kind that the release read and wrote, and what the outputs say
//
// # When a test says that an encoding has changed
//
// If nobody meant to change the encoding, the change is the mistake. Otherwise the new encoding gets a folder of its own:
//
//  1. Copy the newest folder to the next number.
//  2. Add events to its log.jsonl that use what is new.
//  3. go test ./internal/release -update writes its other files.
//  4. The test then prints the digest of the folder: add it to the table in folders_test.go.
//
// The folder of a release never changes again, and the tests keep reading it. Until its release is made, the newest folder may be
// written again.
package release
