#!/usr/bin/env bash
# Installs what the tests on real servers need:
#
#   redis-server, Java, Maven   as Debian packages
#   the jars of Kafka brokers   through Maven
#   prometheus, promtool        out of the Debian package, which is not installed itself
#
# If everything is installed, the script ends soon. If something cannot be installed, the script says so in one line and succeeds:
# the tests that need it are skipped, or fail with TIDEMARK_STRICT=1.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
exec </dev/null

lacking=()
need() { # need COMMAND PACKAGE
	if ! command -v "$1" >/dev/null; then lacking+=("$2"); fi
}
need redis-server redis-server
need java default-jre-headless
need mvn maven

if ((${#lacking[@]})); then
	if [[ $(id -u) != 0 ]] || ! command -v apt-get >/dev/null; then
		echo "servers: not installed, and only root on a Debian system installs them: ${lacking[*]}"
		exit 0
	fi
	echo "servers: installing ${lacking[*]}"
	export DEBIAN_FRONTEND=noninteractive
	log=$(mktemp)
	trap 'rm -f "$log"' EXIT
	if ! { timeout 300 apt-get update -qq &&
		timeout 600 apt-get install -y -qq --no-install-recommends "${lacking[@]}"; } >"$log" 2>&1; then
		echo "servers: could not install ${lacking[*]}: $(tail -n 1 "$log")"
		exit 0
	fi
fi

# The Debian package of Prometheus would also start a service. So the package is only downloaded, and its
# two programs are taken out.
fetch_prometheus() {
	local into=${XDG_CACHE_HOME:-$HOME/.cache}/tidemark/prometheus
	if command -v promtool >/dev/null && command -v prometheus >/dev/null || [[ -x $into/promtool && -x $into/prometheus ]]; then return; fi
	if ! command -v apt-get >/dev/null; then
		echo "servers: no prometheus, and only a Debian system has its package"
		return
	fi
	echo "servers: fetching prometheus"
	local work
	work=$(mktemp -d)
	if (
		cd "$work" &&
			{ [[ $(id -u) != 0 ]] || apt-cache show prometheus || timeout 300 apt-get update -qq; } &&
			timeout 300 apt-get download -qq prometheus &&
			dpkg-deb -x prometheus_*.deb .
	) >"$work/log" 2>&1; then
		mkdir -p "$into"
		mv "$work"/usr/bin/{promtool,prometheus} "$into"
	else
		echo "servers: could not fetch prometheus: $(tail -n 1 "$work/log")"
	fi
	rm -rf "$work"
}
fetch_prometheus

go run ./deploy/servers -prepare
