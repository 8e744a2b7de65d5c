#!/bin/sh
# prices.sh SLUG...: the price of each coin in dollars as CSV, with a header line.
#
# Asks the daemon at $QUOTECACHE_SERVER, or at http://127.0.0.1:8466. Exit status: 0 with a row for each
# coin, 1 without, 64 when no coin is named. Nothing is printed of an answer that is an error, so that
# the output can go to the end of a file. Needs curl 7.84 or later.
set -eu

server=${QUOTECACHE_SERVER:-http://127.0.0.1:8466}
if [ $# -eq 0 ]; then
  echo "usage: prices.sh SLUG..." >&2
  exit 64
fi

body=$(mktemp)
trap 'rm -f "$body"' EXIT
slugs=$(IFS=, && echo "$*")
# What curl says itself is one line: no connection, no answer in time.
told=$(curl --silent --show-error --max-time 30 --output "$body" \
  --write-out '%{http_code} %header{quotecached-missing}%header{quotecached-unavailable}' \
  --get --data-urlencode "slugs=$slugs" --data convert=USD --data format=csv "$server/quotes") || exit 1
lacking=${told#* }

case $told in
  200*) cat "$body" ;;
  *) # an error of the daemon is a problem document (RFC 9457), a line of JSON
    detail=$(sed -n 's/.*"detail":"\([^"]*\)".*/\1/p' "$body")
    echo "prices.sh: ${detail:-$server answers ${told%% *}}" >&2
    exit 1
    ;;
esac
if [ -n "$lacking" ]; then
  echo "prices.sh: no price of: $lacking" >&2
  exit 1
fi
