"""The servers under test, each configured for the same work: keep-alive answers from its cache."""
import contextlib
import os
import pathlib
import shutil
import tempfile

from .processes import Process, free_port

NGINX_COMMON = """
daemon off; worker_processes 1; pid {work}/pid; error_log {work}/error.log crit;
events {{ worker_connections 1024; }}
http {{
  client_body_temp_path {work}/client; proxy_temp_path {work}/proxy;
  fastcgi_temp_path {work}/fastcgi; uwsgi_temp_path {work}/uwsgi; scgi_temp_path {work}/scgi;
  proxy_cache_path {cache} levels=1:2 keys_zone=quotes:64m inactive=2h use_temp_path=off;
{settings}
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://127.0.0.1:{sim}; proxy_set_header X-CMC_PRO_API_KEY bench;
      proxy_cache quotes; proxy_cache_valid 200 2h; proxy_cache_key $request_uri;
    }}
  }}
}}
"""
NGINX_USUAL = "  sendfile on; tcp_nopush on; access_log {work}/access.log;"
NGINX_TUNED = """  sendfile off; access_log off; keepalive_requests 100000000; keepalive_timeout 1h; tcp_nodelay on;
  open_file_cache max=20000 inactive=2h; open_file_cache_valid 2h; open_file_cache_min_uses 1;"""


class Server:
    """One server under test. `base` is where it answers."""

    def __init__(self, name, process, port, folders=()):
        self.name, self.process, self.base = name, process, f"http://127.0.0.1:{port}"
        self.folders = folders

    def stop(self):
        self.process.stop()
        for folder in self.folders:
            shutil.rmtree(folder, ignore_errors=True)


class Park:
    """Starts servers and stops all that it started."""

    def __init__(self, options, work):
        self.options, self.work = options, pathlib.Path(work)
        self.stack = contextlib.ExitStack()
        self.sim = None

    def __enter__(self):
        self.sim = self._start_sim()
        return self

    def __exit__(self, *failure):
        self.stack.close()

    def _folder(self, name, inside=None):
        folder = pathlib.Path(tempfile.mkdtemp(prefix=f"quotecached-bench-{name.replace(' ', '-')}-", dir=inside))
        self.stack.callback(shutil.rmtree, folder, True)
        return folder

    def _keep(self, server):
        self.stack.callback(server.stop)
        return server

    def _log(self, name):
        return self.work / f"{name}.log"

    def _start_sim(self):
        """Prices stand still, so that every server keeps the same bytes."""
        process = Process([self.options.cmcsim, "--listen", "127.0.0.1:0", "--coins", "12000",
                           "--tick", "86400", "--gzip", "off"], self.options.load_core, self._log("cmcsim"))
        self.stack.callback(process.stop)
        port = int(process.wait_line(r"listening http 127\.0\.0\.1:(\d+)")[1])
        return Server("cmcsim", process, port)

    @property
    def sim_port(self):
        return int(self.sim.base.rsplit(":", 1)[1])

    def daemon_command(self, port, folder, settings=()):
        command = [self.options.daemon]
        for setting in (f"listen.address=127.0.0.1:{port}", f"upstream.base_url={self.sim.base}",
                        'tiers.order=["memory"]', "freshness.quotes.fresh=2h",
                        f"tiers.sqlite.path={folder}/quotecached.db",
                        *settings, *self.options.daemon_set):
            command += ["--set", setting]
        return command

    def daemon(self, name="quotecached", settings=(), wrapper=()):
        port, folder = free_port(), self._folder(name)
        environment = dict(os.environ, CMC_API_KEY="bench")
        process = Process([*wrapper, *self.daemon_command(port, folder, settings)], self.options.server_core,
                          self._log(name), environment)
        server = self._keep(Server(name, process, port))
        process.wait_port(port)
        return server

    def nginx(self, name, settings, cache_on):
        port, work = free_port(), self._folder(name)
        cache = self._folder(f"{name}-cache", cache_on)
        for folder in (work, cache):
            folder.chmod(0o755)  # the worker may run as another user
        shutil.chown(cache, "www-data") if os.geteuid() == 0 else None
        config = work / "nginx.conf"
        config.write_text(NGINX_COMMON.format(work=work, cache=cache, port=port, sim=self.sim_port,
                                              settings=settings.format(work=work)))
        process = Process(["nginx", "-p", work, "-e", work / "error.log", "-c", config],
                          self.options.server_core, self._log(name))
        server = self._keep(Server(name, process, port))
        process.wait_port(port)
        return server

    def nginx_usual(self):
        return self.nginx("nginx", NGINX_USUAL, None)

    def nginx_tuned(self):
        return self.nginx("nginx tuned", NGINX_TUNED, "/dev/shm")

    def varnish(self):
        port, work = free_port(), self._folder("varnish")
        work.chmod(0o755)
        process = Process(["varnishd", "-F", "-n", work, "-a", f"127.0.0.1:{port}", "-b",
                           f"127.0.0.1:{self.sim_port}", "-s", "malloc,256m", "-t", "7200",
                           "-p", "thread_pools=1", "-p", "timeout_idle=3600"],
                          self.options.server_core, self._log("varnish"))
        server = self._keep(Server("varnish", process, port))
        process.wait_port(port)
        return server

    def floor(self, total, pieces=1, wrapper=(), name="floor"):
        process = Process([*wrapper, self.options.floor, "--total", total, "--pieces", pieces],
                          self.options.server_core, self._log(name))
        self.stack.callback(process.stop)
        port = int(process.wait_line(r"listening 127\.0\.0\.1:(\d+)")[1])
        return Server(name, process, port)
