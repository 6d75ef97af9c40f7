"""The HTTP server under both systems: keep-alive, gzip, and connections that can be cut."""

import gzip
import io
import socket
import threading
import traceback
import zlib
from typing import TYPE_CHECKING, Any

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler
from werkzeug.test import run_wsgi_app

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

SMALLEST_ZIPPED = 1024  # bytes; below, packing costs more than it saves


class UnreadableError(Exception):
    """A call's body is not as long, or not packed, as its headers say."""


class KeepAliveHandler(WSGIRequestHandler):
    """Serves many calls on one connection. Werkzeug's own closes it after each answer."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def setup(self) -> None:
        """Let the server know this connection, so that stopping can end it."""
        super().setup()
        self.server.connections.add(self.connection)  # type: ignore[attr-defined]

    def finish(self) -> None:
        """Forget the connection."""
        self.server.connections.discard(self.connection)  # type: ignore[attr-defined]
        super().finish()

    def run_wsgi(self) -> None:
        """Answer one call; an aborted one ends the connection without a byte."""
        environ = self.make_environ()
        try:
            _buffer_body(environ)
            app_iter, status, headers = run_wsgi_app(self.server.app, environ, buffered=True)
            body = b"".join(app_iter)
        except ConnectionError:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        except UnreadableError as error:
            self.close_connection = True  # where the next call begins is not known
            plain = [("Content-Type", "text/plain"), ("Connection", "close")]
            self._answer("400 Bad Request", plain, str(error).encode(), environ)
            return
        except Exception:  # noqa: BLE001 (a mistake of ours must look like a server's)
            self._answer("500 Internal Server Error", [], traceback.format_exc().encode(), environ)
            traceback.print_exc()
            return
        self._answer(status, list(headers), body, environ)

    def _answer(
        self,
        status: str,
        headers: list[tuple[str, str]],
        body: bytes,
        environ: "WSGIEnvironment",
    ) -> None:
        code, _, phrase = status.partition(" ")
        names = {name.lower() for name, _ in headers}
        if _wants_zip(environ, names, body):
            body = gzip.compress(body, 1)
            headers += [("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding")]
        if "date" in names:  # a system tells the sandbox's time, which a person may have moved
            self.send_response_only(int(code), phrase)
        else:
            self.send_response(int(code), phrase)
        for name, value in headers:
            if name.lower() != "content-length":
                self.send_header(name, value)
        bare = int(code) in (204, 304)
        if not bare:
            self.send_header("Content-Length", str(len(body)))
        shown = b"" if bare or environ["REQUEST_METHOD"] == "HEAD" else body
        self._headers_buffer.append(b"\r\n" + shown)  # one packet for head and body
        self.flush_headers()

    def log_request(self, code: Any = "-", size: Any = "-") -> None:
        """Say nothing: the journal keeps the calls."""


class Server(ThreadedWSGIServer):
    """One of the three addresses, serving from a thread of its own."""

    daemon_threads = True

    def __init__(self, host: str, port: int, app: "WSGIApplication") -> None:
        self.connections: set[socket.socket] = set()
        # Werkzeug would end the whole process where the port is taken.
        with socket.create_server((host, port), backlog=128) as bound:
            super().__init__(host, port, app, handler=KeepAliveHandler, fd=bound.fileno())
        self.port = self.server_address[1]
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        """The address to call, without a slash at its end."""
        return f"http://{self.host}:{self.port}"

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Answer no more, close the port and every open connection."""
        if self._thread.is_alive():  # else shutdown would wait for ever
            self.shutdown()
            self._thread.join()
        self.server_close()
        for connection in list(self.connections):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # its client was faster


def _buffer_body(environ: "WSGIEnvironment") -> None:
    """Read the whole body, so that the next call begins where this one ends."""
    stream = environ["wsgi.input"]
    length = environ.get("CONTENT_LENGTH")
    try:
        if environ.pop("wsgi.input_terminated", False):
            body = stream.read()
        else:
            body = stream.read(_length(length)) if length else b""
        environ["sandbox.wire_bytes"] = len(body)
        if environ.get("HTTP_CONTENT_ENCODING", "").lower() == "gzip":
            body = gzip.decompress(body)
            del environ["HTTP_CONTENT_ENCODING"]
    except ConnectionError:
        raise
    except (ValueError, EOFError, OSError, zlib.error) as error:  # an OSError: a piece that is none
        raise UnreadableError(f"The body cannot be read: {error}") from error
    environ["wsgi.input"] = io.BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))


def _length(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise ValueError(f"Content-Length {text!r} is no length")
    return int(text)


def _wants_zip(environ: "WSGIEnvironment", names: set[str], body: bytes) -> bool:
    accepted = "gzip" in environ.get("HTTP_ACCEPT_ENCODING", "")
    return accepted and len(body) >= SMALLEST_ZIPPED and "content-encoding" not in names
