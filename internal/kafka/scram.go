package kafka

import (
	"context"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"strconv"
	"strings"

	"github.com/segmentio/kafka-go/sasl"
)

// scram is the client's side of SCRAM (RFC 5802, with SHA-256 as in RFC 7677), without channel binding. The SCRAM of the client
// library would bring a dependency for what the standard library does in a few lines. Names and passwords are taken as UTF-8
// without preparation, as Kafka's own client takes them.
type scram struct{ name, username, password string }

const (
	// minIterations is the least that RFC 7677 allows, and that Kafka uses.
	minIterations = 4096
	// maxIterations bounds the work that a false broker can ask for.
	maxIterations = 1_000_000
)

var errScram = errors.New("the broker's SCRAM message is not valid")

func (s scram) Name() string { return s.name }

func (s scram) hash() hash.Hash {
	if s.name == ScramSHA512 {
		return sha512.New()
	}
	return sha256.New()
}

func (s scram) keyLength() int { return s.hash().Size() }

// Start sends the user name and a fresh nonce.
func (s scram) Start(context.Context) (sasl.StateMachine, []byte, error) {
	name := strings.NewReplacer("=", "=3D", ",", "=2C").Replace(s.username)
	talk := &scramTalk{scram: s, nonce: rand.Text()}
	talk.opening = "n=" + name + ",r=" + talk.nonce
	return talk, []byte("n,," + talk.opening), nil
}

// scramTalk is one conversation. The broker answers the user name with salt and iterations, and our proof with a proof of its
// own.
type scramTalk struct {
	scram
	nonce, opening string
	// signature is the proof that the broker must send. It is nil before our own proof is sent.
	signature []byte
}

// Next answers the message of the broker. done is true once the broker has proved that it knows the password.
func (t *scramTalk) Next(_ context.Context, challenge []byte) (done bool, answer []byte, err error) {
	fields := scramFields(string(challenge))
	if reason, refused := fields["e"]; refused {
		return false, nil, fmt.Errorf("SCRAM login refused: %s", reason)
	}
	if t.signature == nil {
		answer, err = t.prove(string(challenge), fields)
		return false, answer, err
	}
	signature, err := base64.StdEncoding.DecodeString(fields["v"])
	if err != nil || subtle.ConstantTimeCompare(signature, t.signature) != 1 {
		return false, nil, errors.New("the broker does not know the SCRAM password")
	}
	return true, nil, nil
}

func (t *scramTalk) prove(challenge string, fields map[string]string) ([]byte, error) {
	salt, err := base64.StdEncoding.DecodeString(fields["s"])
	if err != nil || len(salt) == 0 {
		return nil, errScram
	}
	iterations, err := strconv.Atoi(fields["i"])
	if err != nil || iterations < minIterations || iterations > maxIterations {
		return nil, fmt.Errorf("%w: %q iterations, not %d–%d", errScram, fields["i"], minIterations, maxIterations)
	}
	if nonce := fields["r"]; !strings.HasPrefix(nonce, t.nonce) || len(nonce) == len(t.nonce) {
		return nil, fmt.Errorf("%w: its nonce does not extend ours", errScram)
	}
	salted, err := pbkdf2.Key(t.hash, t.password, salt, iterations, t.keyLength())
	if err != nil {
		return nil, fmt.Errorf("derive the SCRAM key: %w", err)
	}
	closing := "c=biws,r=" + fields["r"] // biws is base64 of "n,,": no channel binding
	authMessage := t.opening + "," + challenge + "," + closing

	clientKey := t.mac(salted, "Client Key")
	stored := t.hash()
	stored.Write(clientKey)
	proof := t.mac(stored.Sum(nil), authMessage)
	subtle.XORBytes(proof, proof, clientKey)
	t.signature = t.mac(t.mac(salted, "Server Key"), authMessage)
	return []byte(closing + ",p=" + base64.StdEncoding.EncodeToString(proof)), nil
}

func (t *scramTalk) mac(key []byte, message string) []byte {
	m := hmac.New(t.hash, key)
	m.Write([]byte(message))
	return m.Sum(nil)
}

// scramFields splits "r=…,s=…,i=…".
func scramFields(message string) map[string]string {
	fields := make(map[string]string)
	for field := range strings.SplitSeq(message, ",") {
		if name, value, ok := strings.Cut(field, "="); ok {
			fields[name] = value
		}
	}
	return fields
}
