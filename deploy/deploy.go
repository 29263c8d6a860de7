// Package deploy holds the files that install, configure and start tidemark's image and the servers around it: Kafka, Redis,
// Prometheus and Grafana. README.md is for operators. The tests try the files out on real servers.
package deploy

import _ "embed"

// KafkaPOM is a Maven project. Its dependencies are the jars of a Kafka broker of the version kafka.version, a Maven property.
//
//go:embed kafka/pom.xml
var KafkaPOM []byte
