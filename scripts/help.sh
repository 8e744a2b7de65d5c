# Sourced by the scripts beside it, before they do anything: for --help prints the comment that the script
# begins with, and ends it.
# shellcheck shell=bash
if [[ ${1:-} == --help || ${1:-} == -h ]]; then
  sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"
  exit 0
fi
