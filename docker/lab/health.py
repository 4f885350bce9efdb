"""Healthy is a JupyterLab that answers; where it listens, as in start.py."""

import os
import socket
import sys
from http.client import HTTPConnection, HTTPException


class OverSocket(HTTPConnection):
    """HTTP over the socket in a file, where JupyterLab has one, or else over its port."""

    def connect(self) -> None:
        path = os.environ.get("LAB_SOCKET")
        if not path:
            super().connect()
            return
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(path)


try:
    connection = OverSocket("127.0.0.1", 8888, timeout=4)
    connection.request("GET", "/api")
    sys.exit(connection.getresponse().status != 200)
except (OSError, HTTPException) as error:
    sys.exit(f"JupyterLab doesn't answer: {error}")
