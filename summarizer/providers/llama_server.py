"""llama.cpp's server as seen from the process that starts it; what runs in the child is `llama_child.py`."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Mapping
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import Any

from summarizer.errors import Unavailable, UnknownModel
from summarizer.records import ModelInfo

_LOAD_S = 600.0  # 70 GB from a disk that reads 120 MB/s
_END_S = 2.0  # a child that has not ended this long after its stdin did is killed (it takes 0.01 s)


class Child:
    """A llama.cpp server in a process of its own, from its start to its end.

    Attributes:
        url: Where it serves.
        key: What it asks of those who call.
        pid: Its process.
        ended: Set once the process is gone.

    Raises:
        UnknownModel: llama.cpp cannot load the file.
        Unavailable: The process could not be started, or takes too long.
    """

    def __init__(self, info: ModelInfo, path: Path, threads: int) -> None:
        self.key = secrets.token_urlsafe(32)
        self.ended = threading.Event()
        self.pid = 0
        self._owner = os.getpid()
        self.label = info.label
        self._log: deque[str] = deque(maxlen=50)
        self._fault = ""
        self._first_line: Future[bytes] = Future()
        self._process: subprocess.Popen[bytes] | None = None
        config = {
            "model": str(path.resolve()),
            "name": info.name,
            "api_key": self.key,
            "threads": threads,
            "window": info.window,
            "parent": os.getpid(),
        }
        # Linux ends a child with the *thread* that started it, so this one stays until the child is gone.
        threading.Thread(target=self._keep, args=(config,), name="summarizer-local", daemon=True).start()
        self.url = self._await_url()

    @property
    def usable(self) -> bool:
        """Whether the process is alive, and ours: after a fork it is our parent's."""
        return not self.ended.is_set() and self._owner == os.getpid()

    @property
    def reason(self) -> str:
        """What llama.cpp complained about first, what kept the process from serving, or how it ended."""
        complaints = [line.partition(" E ")[2] for line in self._log if " E " in line]
        if complaints:
            return " ".join(complaints[0].split())[:300]
        if self._fault:
            return " ".join(self._fault.split())[:300]
        code = None if self._process is None else self._process.returncode
        how = f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"
        return f"{how}; {self._log[-1][:200]}" if self._log else how

    def post(self, path: str, body: Mapping[str, Any], timeout_s: float) -> Any:
        """Post JSON to the server and return the JSON it answers.

        Raises:
            OSError: The connection failed, or the answer is an error.
            ValueError: The answer is no JSON.
        """
        import urllib.request

        # No proxy: it would look for 127.0.0.1 on its own machine.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        request = urllib.request.Request(  # noqa: S310 - the address is the one our own child gave
            self.url + path,
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json", "Authorization": f"Bearer {self.key}"},
        )
        with opener.open(request, timeout=timeout_s) as response:
            return json.load(response)

    def stop(self) -> None:
        """End the process and wait until it is gone."""
        process = self._process
        if process is None or self._owner != os.getpid():
            return
        assert process.stdin is not None
        with suppress(OSError):
            process.stdin.close()
        if not self.ended.wait(_END_S):
            process.kill()
            self.ended.wait()

    def _await_url(self) -> str:
        try:
            line = self._first_line.result(_LOAD_S)
        except TimeoutError as error:
            self.stop()
            raise Unavailable(
                f"{self.label} was not loaded within {_LOAD_S:g} s; try again on an idle machine"
            ) from error
        except OSError as error:
            raise Unavailable(f"cannot start a process for {self.label}: {error}; close some programs") from error
        said = json.loads(line) if line else {}
        if "url" in said:
            return str(said["url"])
        self._fault = str(said.get("error", ""))
        self.ended.wait(_END_S)
        raise UnknownModel(
            f"llama.cpp cannot load {self.label}: {self.reason}; give a whole .gguf file of a model that this version "
            f"of xllamacpp knows and that fits the memory",
            model=self.label,
        )

    def _keep(self, config: Mapping[str, Any]) -> None:
        """Start the process, take its first line, and wait for its end."""
        try:
            process = self._process = _spawn()
            self.pid = process.pid
        except OSError as error:
            self.ended.set()
            self._first_line.set_exception(error)
            return
        assert process.stdin is not None
        assert process.stdout is not None
        drain = threading.Thread(target=self._drain, args=(process,), name="summarizer-local-log", daemon=True)
        drain.start()
        with suppress(OSError):  # it has ended already: then there is no first line either
            process.stdin.write(json.dumps(config).encode() + b"\n")
            process.stdin.flush()
        line = process.stdout.readline()
        process.stdout.close()
        if not line:
            process.wait()
            drain.join(_END_S)
        self._first_line.set_result(line)
        process.wait()
        drain.join(_END_S)
        with suppress(OSError):
            process.stdin.close()
        self.ended.set()

    def _drain(self, process: subprocess.Popen[bytes]) -> None:
        """Keep the end of the log; a pipe that nobody reads stops the process that writes to it."""
        assert process.stderr is not None
        with process.stderr as log:
            for line in log:
                text = line.decode("utf-8", "replace").strip()
                if text:
                    self._log.append(text)


def _spawn() -> subprocess.Popen[bytes]:
    # By its file and with -P: nothing of this package, beside that file, or in the working directory is imported.
    script = Path(__file__).with_name("llama_child.py")
    # Threads that wait in a busy loop take the processor from those that work.
    environment = {"OMP_WAIT_POLICY": "PASSIVE", **os.environ}
    environment.pop("OPENAI_API_KEY", None)
    return subprocess.Popen(  # noqa: S603 - our own interpreter and file
        [sys.executable, "-P", str(script)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
    )
