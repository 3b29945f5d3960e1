"""Types through pyghmi's Serial over LAN console and prints what it reads.

Arguments: address, port, user, password.
"""
import sys
import time

import wakeful  # noqa: F401
from pyghmi.ipmi import console

host, port, name, password = sys.argv[1:]
read = b""


def hear(data):
    global read
    if not isinstance(data, dict):
        read += data if isinstance(data, bytes) else data.encode()


c = console.Console(bmc=host, port=int(port), userid=name, password=password, iohandler=hear, force=True)
typed, end = False, time.time() + 30
while time.time() < end and b"GNU/Linux\r\n" not in read:
    console.Console.wait_for_rsp(timeout=0.2)
    if c.connected and not typed:
        c.send_data("uname\r")
        typed = True
print(read.decode())
c.close()
