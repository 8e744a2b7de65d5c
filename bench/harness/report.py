"""Tables for people from the numbers of a run."""


def table(title, servers, against):
    """One row per server; the ratio is CPU per request against the server named `against`."""
    width = max(len(name) for name in servers)
    base = servers[against]["cpu_us"]
    lines = [title, f"  {'':{width}}  CPU us/req   ratio        RPS   p50 us   p99 us  bytes/req  failed"]
    for name, row in servers.items():
        lines.append(f"  {name:{width}}  {row['cpu_us']:10.2f}  {row['cpu_us'] / base:6.2f}  {row['rps']:9.0f}"
                     f"  {row['p50_us']:7.0f}  {row['p99_us']:7.0f}  {row['bytes_per_request']:9.0f}"
                     f"  {row['failed']:6d}")
    return "\n".join(lines)


def reference(servers):
    return "quotecached" if "quotecached" in servers else "floor"


def show(result):
    parts = []
    for name, title in (("one_asset", "One asset from memory"),
                        ("twenty_random", "Twenty random assets of 500")):
        if name in result:
            servers = result[name]["servers"]
            parts.append(table(f"{title} (ratio: CPU against {reference(servers)})", servers,
                               reference(servers)))
    for kind in ("fixed", "spread"):
        if "flat" in result:
            servers = result["flat"][kind]
            parts.append(table(f"One asset, {kind}, few and many cached", servers, next(iter(servers))))
    if "memory_and_idle" in result:
        row = result["memory_and_idle"]
        parts.append(f"Memory with {row['assets']} assets, 32 MiB tier: {row['rss_filled_bytes'] / 2**20:.1f} MiB"
                     f" resident ({row['rss_empty_bytes'] / 2**20:.1f} empty); idle CPU"
                     f" {row['idle_cpu_percent']:.3f} %")
    for name, count in result.get("instructions", {}).items():
        parts.append(f"Instructions per request, {name}: {count:.0f}")
    return "\n\n".join(parts)
