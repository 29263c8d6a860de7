// Package deploy holds what brings the servers that tidemark needs to a machine.
package deploy

import _ "embed"

// KafkaPOM is a Maven project whose dependencies are the jars of a Kafka broker, of the version kafka.version.
//
//go:embed kafka/pom.xml
var KafkaPOM []byte
