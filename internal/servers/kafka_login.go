package servers

import (
	"context"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"hash"
	"strings"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// KafkaUser is a user who may log in to a broker.
type KafkaUser struct {
	Mechanism string // PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512
	Name      string // for PLAIN only letters and digits: the name becomes part of a setting's name
	Password  string
}

const plain = "PLAIN"

// scrams are the SCRAM mechanisms, each with its number in Kafka's protocol, its hash, and the hash's size in bytes.
var scrams = map[string]struct {
	number int8
	hash   func() hash.Hash
	size   int
}{
	"SCRAM-SHA-256": {1, sha256.New, sha256.Size},
	"SCRAM-SHA-512": {2, sha512.New, sha512.Size},
}

// addLogin adds a listener for users to the settings, with the passwords of the PLAIN users.
func addLogin(settings map[string]string, addr string, users []KafkaUser) {
	settings["listeners"] += ",LOGIN://" + addr
	settings["advertised.listeners"] += ",LOGIN://" + addr
	settings["sasl.enabled.mechanisms"] = "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512"
	var passwords strings.Builder
	for _, user := range users {
		if user.Mechanism == plain {
			fmt.Fprintf(&passwords, " user_%s=%q", user.Name, user.Password)
		}
	}
	const module = "org.apache.kafka.common.security."
	settings["listener.name.login.plain.sasl.jaas.config"] = module + "plain.PlainLoginModule required" + passwords.String() + ";"
	for _, mechanism := range []string{"scram-sha-256", "scram-sha-512"} {
		settings["listener.name.login."+mechanism+".sasl.jaas.config"] = module + "scram.ScramLoginModule required;"
	}
}

// addUsers sends the SCRAM users to the broker, which keeps them in its log, and waits until the broker lists them.
func (k *Kafka) addUsers(ctx context.Context) error {
	const iterations = 4096
	request := kmsg.NewPtrAlterUserSCRAMCredentialsRequest()
	for _, user := range k.users {
		scram, ok := scrams[user.Mechanism]
		if !ok {
			continue
		}
		salt := make([]byte, 16)
		_, _ = rand.Read(salt) // never fails
		salted, err := pbkdf2.Key(scram.hash, user.Password, salt, iterations, scram.size)
		if err != nil {
			return fmt.Errorf("add user %s: %w", user.Name, err)
		}
		upsert := kmsg.NewAlterUserSCRAMCredentialsRequestUpsertion()
		upsert.Name, upsert.Mechanism, upsert.Iterations, upsert.Salt, upsert.SaltedPassword = user.Name, scram.number, iterations, salt, salted
		request.Upsertions = append(request.Upsertions, upsert)
	}
	if len(request.Upsertions) == 0 {
		return nil
	}
	answer, err := request.RequestWith(ctx, k.client)
	if err != nil {
		return fmt.Errorf("add users: %w", err)
	}
	for _, result := range answer.Results {
		if err := kerr.ErrorForCode(result.ErrorCode); err != nil {
			return fmt.Errorf("add user %s: %w", result.User, err)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	return await(ctx, func(ctx context.Context) error {
		known, err := kmsg.NewPtrDescribeUserSCRAMCredentialsRequest().RequestWith(ctx, k.client)
		if err != nil {
			return fmt.Errorf("look for the users: %w", err)
		}
		mechanisms := 0
		for _, result := range known.Results {
			mechanisms += len(result.CredentialInfos)
		}
		if mechanisms < len(request.Upsertions) {
			return fmt.Errorf("%d logins are known, not %d", mechanisms, len(request.Upsertions))
		}
		return nil
	})
}
