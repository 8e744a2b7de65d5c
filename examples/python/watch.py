#!/usr/bin/env python3
"""watch.py SLUG...: the price of each coin in dollars whenever it changes, until Ctrl-C.

Listens to the daemon at $QUOTECACHE_SERVER, or at http://127.0.0.1:8466. A connection that is lost is
taken up where it was, by Last-Event-ID: what did not change meanwhile is not told again. Exit status:
0 after Ctrl-C, 1 where trying again cannot help, 64 when no coin is named.
"""
import http.client
import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

SERVER = os.environ.get("QUOTECACHE_SERVER", "http://127.0.0.1:8466")
SILENCE = 45  # seconds: the daemon says something each 15, so then the connection is dead


def detail_of(error):
    """What the daemon says of an error: its answer is a problem document (RFC 9457)."""
    try:
        return json.load(error)["detail"]
    except (ValueError, KeyError, TypeError):
        return f"{SERVER} answers {error.code} {error.reason}"  # not the daemon's own


class Stream:
    """The events of one ask, over as many connections as it takes."""

    def __init__(self, path):
        self.path = path
        self.last_id = None
        self.pause = 3.0  # seconds before the next connection; the daemon says how many

    def connect(self):
        request = urllib.request.Request(SERVER + self.path, headers={"Accept": "text/event-stream"})
        if self.last_id is not None:
            request.add_header("Last-Event-ID", self.last_id)
        return urllib.request.urlopen(request, timeout=SILENCE)

    def events(self, lines):
        """Pairs of name and data, until the connection ends. An event cut off in the middle is none."""
        event_id, name, data = None, "message", []
        for line in lines:
            field, _, value = line.decode().rstrip("\r\n").partition(":")
            value = value.removeprefix(" ")
            if field == "id":
                event_id = value
            elif field == "event":
                name = value
            elif field == "data":
                data.append(value)
            elif field == "retry":
                self.pause = int(value) / 1000
            elif field == "" and value == "":  # the end of an event; comments have a value
                if data:
                    yield name, json.loads("\n".join(data), parse_float=str)  # str: all digits
                if event_id is not None:
                    self.last_id = event_id
                event_id, name, data = None, "message", []


def show(name, event):
    if name == "quote" and event["price"] is not None:
        print(event["slug"], event["price"], event["convert"], flush=True)
    elif name == "gone":
        print(f"watch.py: nothing is known of {event['id']} any more", file=sys.stderr)
    elif name == "lists":
        for one in event["missing"]:
            print(f"watch.py: {one['asked']} does not exist", file=sys.stderr)
    # `snapshot`: all rows follow. A program that keeps rows forgets those it has.


def watch(stream):
    """Returns only where trying again cannot help, with the reason."""
    was_connected = False
    while True:
        try:
            with stream.connect() as answer:
                was_connected = True
                for name, event in stream.events(answer):
                    show(name, event)
            why = "the connection was closed"
        except urllib.error.HTTPError as error:
            why = detail_of(error)
            if error.code not in (429, 502, 503, 504):
                return why
            stream.pause = max(stream.pause, float(error.headers.get("Retry-After", 0)))
        except (OSError, http.client.HTTPException) as error:
            why = f"cannot reach {SERVER}: {getattr(error, 'reason', error)}"
            if not was_connected:
                return why  # more likely a wrong address than a daemon that is away
        print(f"watch.py: {why}; again in {stream.pause:.1f} s", file=sys.stderr, flush=True)
        time.sleep(stream.pause)


def main(slugs):
    if not slugs:
        print("usage: watch.py SLUG...", file=sys.stderr)
        return 64
    query = urllib.parse.urlencode({"slugs": ",".join(slugs), "convert": "USD"})
    try:
        why = watch(Stream("/quotes/stream?" + query))
    except KeyboardInterrupt:
        return 0
    print(f"watch.py: {why}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
