"""Clients that ask without pause, as their first request on a connection or as one of many, and count what befalls them."""
import collections
import http.client
import socket
import threading
import time

TARGET = "/v2/cryptocurrency/quotes/latest?id=1"
MOST_TRIES = 3  # of a request that can be repeated and whose connection was closed without an answer
PAUSE = 0.002


class Connection(http.client.HTTPConnection):
    """To a TCP address or, as text, to the path of a Unix socket."""

    def __init__(self, address, timeout):
        super().__init__("localhost", timeout=timeout)
        self.address = address

    def connect(self):
        is_unix = isinstance(self.address, str)
        self.sock = socket.socket(socket.AF_UNIX if is_unix else socket.AF_INET)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.address)


class Load:
    def __init__(self, addresses, fresh=4, kept=4, timeout=10):
        self.timeout = timeout
        self.counts = collections.Counter()
        self.longest = 0.0  # seconds that a request took, its repetitions included
        self.faults = []  # the first few, in words
        self.lock = threading.Lock()
        self.over = threading.Event()
        self.threads = [threading.Thread(target=self.run, args=(address, is_kept), daemon=True)
                        for address in addresses for is_kept in [False] * fresh + [True] * kept]

    def start(self):
        for thread in self.threads:
            thread.start()

    def stop(self):
        self.over.set()
        for thread in self.threads:
            thread.join(self.timeout * MOST_TRIES)
            self.count("hung" if thread.is_alive() else "ended")

    def count(self, *events, took=0.0, fault=None):
        with self.lock:
            self.counts.update(events)
            self.longest = max(self.longest, took)
            if fault and len(self.faults) < 5:
                self.faults.append(fault)

    def run(self, address, is_kept):
        connection = None
        while not self.over.wait(PAUSE):
            connection = self.ask(connection, address)
            if connection and not is_kept:
                connection.close()
                connection = None

    def ask(self, connection, address):
        """One request, repeated while connections end without an answer; the connection it came by."""
        begun = time.monotonic()
        is_first = True
        for _ in range(MOST_TRIES):
            try:
                is_first = connection is None
                if is_first:
                    connection = Connection(address, self.timeout)
                    connection.connect()
                    self.count("connections")
                connection.request("GET", TARGET)
                response = connection.getresponse()
                response.read()
                is_good = response.status == 200
                self.count("requests", "answered" if is_good else "failed", took=time.monotonic() - begun,
                           fault=None if is_good else f"status {response.status}")
                return None if response.will_close else connection
            except ConnectionRefusedError as error:
                self.count("requests", "refused", fault=repr(error))
                return None
            except (ConnectionResetError, BrokenPipeError, http.client.RemoteDisconnected):
                self.count("closed on the first" if is_first else "closed on a later")
                connection = None
            except (OSError, http.client.HTTPException) as error:
                self.count("requests", "failed", fault=repr(error))
                return None
        self.count("requests", "failed", fault="closed each time")
        return None
