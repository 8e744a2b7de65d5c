#!/usr/bin/env python3
"""prices.py SLUG...: the price of each coin in dollars, one a line.

Asks the daemon at $QUOTECACHE_SERVER, or at http://127.0.0.1:8466. Exit status: 0 with a price for
each coin, 1 without, 64 when no coin is named.
"""
import decimal
import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request

SERVER = os.environ.get("QUOTECACHE_SERVER", "http://127.0.0.1:8466")


class Failure(Exception):
    """Why there is no answer, in a sentence."""


def detail_of(error):
    """What the daemon says of an error: its answer is a problem document (RFC 9457)."""
    try:
        return json.load(error)["detail"]
    except (ValueError, KeyError, TypeError):
        return f"{SERVER} answers {error.code} {error.reason}"  # not the daemon's own


def quotes(slugs):
    query = urllib.parse.urlencode({"slugs": ",".join(slugs), "convert": "USD"})
    try:
        with urllib.request.urlopen(f"{SERVER}/quotes?{query}", timeout=30) as answer:
            # A Decimal keeps the provider's digits; a float would not.
            return json.load(answer, parse_float=decimal.Decimal)
    except urllib.error.HTTPError as error:
        raise Failure(detail_of(error)) from error
    except urllib.error.URLError as error:
        raise Failure(f"cannot reach {SERVER}: {error.reason}") from error
    except OSError as error:  # it answers too late, or breaks off
        raise Failure(f"no answer from {SERVER}: {error}") from error


def main(slugs):
    if not slugs:
        print("usage: prices.py SLUG...", file=sys.stderr)
        return 64
    try:
        answer = quotes(slugs)
    except Failure as failure:
        print(f"prices.py: {failure}", file=sys.stderr)
        return 1
    lacking = [f"{one['asked']} does not exist" for one in answer["missing"]]
    lacking += [f"{one['asked']} {one['code']}" for one in answer.get("unavailable", [])]
    for row in answer["quotes"]:
        if row["price"] is None:
            lacking.append(f"{row['slug']} has no price")
            continue
        age = f" (stale: {row['age']} s old)" if row["stale"] else ""
        print(f"{row['slug']} {row['price']} {row['convert']}{age}")
    for why in lacking:
        print(f"prices.py: {why}", file=sys.stderr)
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
