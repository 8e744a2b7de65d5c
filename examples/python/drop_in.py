#!/usr/bin/env python3
"""drop_in.py: a program for CoinMarketCap's API, with nothing changed but its base URL.

The path, the parameters, the header with the key and the form of answers and errors are
CoinMarketCap's. What the header says is ignored, unless the daemon is set to ask for a token: then
the token goes there. Exit status: 0 with prices, 1 without.
"""
import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request

# BASE = "https://pro-api.coinmarketcap.com"
BASE = os.environ.get("QUOTECACHE_SERVER", "http://127.0.0.1:8466")

query = urllib.parse.urlencode({"symbol": "BTC,ETH", "convert": "USD"})
request = urllib.request.Request(
    f"{BASE}/v1/cryptocurrency/quotes/latest?{query}",
    headers={"X-CMC_PRO_API_KEY": os.environ.get("CMC_API_KEY", "not needed"), "Accept": "application/json"},
)
try:
    with urllib.request.urlopen(request, timeout=30) as response:
        answer = json.load(response)
except urllib.error.HTTPError as error:
    try:
        sys.exit(f"drop_in.py: {json.load(error)['status']['error_message']}")
    except (ValueError, KeyError, TypeError):
        sys.exit(f"drop_in.py: {BASE} answers {error.code} {error.reason}")
except urllib.error.URLError as error:
    sys.exit(f"drop_in.py: cannot reach {BASE}: {error.reason}")
except OSError as error:
    sys.exit(f"drop_in.py: no answer from {BASE}: {error}")

for symbol, coin in answer["data"].items():
    print(symbol, coin["quote"]["USD"]["price"], "USD")
# Against the provider itself each run costs a credit; here only what no copy answers does.
print("credits:", answer["status"]["credit_count"])
