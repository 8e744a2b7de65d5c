#!/usr/bin/env python3
"""Makes an OCI image archive of a root file system: oci_archive.py --root TAR --version V --out FILE. See scripts/image.

One layer, and what a container of it runs. The same tar gives the same bytes. Times are SOURCE_DATE_EPOCH's.
"""
import argparse
import datetime
import gzip
import hashlib
import io
import json
import os
import pathlib
import tarfile

SOCKET = "unix:/run/quotecached/quotecached.sock"
USER = 8466  # quotecached, and its group
MACHINES = {"x86_64": "amd64", "aarch64": "arm64"}
MANIFEST, CONFIG, LAYER = (f"application/vnd.oci.image.{kind}" for kind in (
    "manifest.v1+json", "config.v1+json", "layer.v1.tar+gzip"))


def digest(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def as_json(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def labels(version, created):
    titles = {"title": "quotecached", "description": "Credit-saving cache in front of a metered crypto price API",
              "version": version, "licenses": "Apache-2.0", "created": created}
    return {f"org.opencontainers.image.{key}": value for key, value in titles.items()}


def with_folder_of_the_socket(root, epoch):
    """The tar and /run/quotecached, which mmdebstrap leaves out as all of /run: a volume there gets its owner."""
    buffer = io.BytesIO(root)
    with tarfile.open(fileobj=buffer, mode="a", format=tarfile.GNU_FORMAT) as archive:
        entry = tarfile.TarInfo("./run/quotecached")
        entry.type, entry.mode, entry.mtime, entry.uid, entry.gid = tarfile.DIRTYPE, 0o755, epoch, USER, USER
        archive.addfile(entry)
    return buffer.getvalue()


def config_of(layer_tar_digest, version, created):
    """How the daemon runs in it: on loopback and a Unix socket, until the environment says otherwise."""
    run = {
        "User": f"{USER}:{USER}",
        "Env": ["PATH=/usr/bin:/bin", "STATE_DIRECTORY=/var/lib/quotecached", f"QUOTECACHE_SERVER={SOCKET}",
                f'QUOTECACHED_LISTEN_ADDRESS=["127.0.0.1:8466", "{SOCKET}"]'],
        "Entrypoint": ["/usr/bin/quotecached"],
        "Cmd": ["--config", "/etc/quotecached/quotecached.toml"],
        "ExposedPorts": {"8466/tcp": {}},
        "Volumes": {"/var/lib/quotecached": {}, "/run/quotecached": {}},
        "WorkingDir": "/",
        "StopSignal": "SIGTERM",
        "Labels": labels(version, created),
        # No part of OCI's format; Docker reads it. Nanoseconds.
        "Healthcheck": {"Test": ["CMD", "/usr/bin/quotecache", "raw", "/health/ready"], "Interval": 10 * 10**9,
                        "Timeout": 5 * 10**9, "StartPeriod": 10 * 10**9, "Retries": 3},
    }
    return {"created": created, "architecture": MACHINES[os.uname().machine], "os": "linux", "config": run,
            "rootfs": {"type": "layers", "diff_ids": [layer_tar_digest]},
            "history": [{"created": created, "created_by": "scripts/image"}]}


def blobs_of(root, version, created):
    """All blobs by digest, and the index that names the manifest."""
    layer = gzip.compress(root, compresslevel=9, mtime=0)
    config = as_json(config_of(digest(root), version, created))
    manifest = as_json({
        "schemaVersion": 2, "mediaType": MANIFEST, "annotations": labels(version, created),
        "config": {"mediaType": CONFIG, "digest": digest(config), "size": len(config)},
        "layers": [{"mediaType": LAYER, "digest": digest(layer), "size": len(layer)}]})
    index = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": [
        {"mediaType": MANIFEST, "digest": digest(manifest), "size": len(manifest),
         "annotations": {"io.containerd.image.name": f"localhost/quotecached:{version}",
                         "org.opencontainers.image.ref.name": f"localhost/quotecached:{version}"}}]}
    return {digest(blob): blob for blob in (layer, config, manifest)}, index


def write_archive(path, files, epoch):
    with tarfile.open(path, "w", format=tarfile.GNU_FORMAT) as archive:
        for name, data in sorted(files.items()):
            entry = tarfile.TarInfo(name)
            entry.size, entry.mtime, entry.mode = len(data), epoch, 0o644
            archive.addfile(entry, io.BytesIO(data))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=pathlib.Path, required=True, help="tar of the root file system")
    parser.add_argument("--version", required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    options = parser.parse_args()
    epoch = int(os.environ.get("SOURCE_DATE_EPOCH", "0"))
    created = datetime.datetime.fromtimestamp(epoch, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    # ':' and '+' of Debian's versions are none of a tag's.
    version = options.version.replace(":", "-").replace("+", "-").replace("~", "-")
    blobs, index = blobs_of(with_folder_of_the_socket(options.root.read_bytes(), epoch), version, created)
    files = {f"blobs/sha256/{name.split(':')[1]}": blob for name, blob in blobs.items()}
    files |= {"oci-layout": as_json({"imageLayoutVersion": "1.0.0"}), "index.json": as_json(index)}
    write_archive(options.out, files, epoch)


if __name__ == "__main__":
    main()
