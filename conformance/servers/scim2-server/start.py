"""scim2-server, started by its own command as its README says, on a free port."""

import json
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    port = probe.getsockname()[1]
signal.signal(signal.SIGTERM, lambda *_: sys.exit())
token = secrets.token_hex(16)
command = Path(sys.executable).parent / "scim2-server"
server = subprocess.Popen(
    [shutil.which(command) or str(command), "--port", str(port), "--bearer-token", token],
    stdout=subprocess.DEVNULL,
    stderr=subprocess.DEVNULL,
)
for _ in range(100):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        break
    except OSError:
        time.sleep(0.1)
print(json.dumps({"base": f"http://127.0.0.1:{port}/v2", "token": token}), flush=True)
try:
    server.wait()
finally:
    server.terminate()
