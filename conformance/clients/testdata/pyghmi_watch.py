"""Opens pyghmi's Serial over LAN console, and prints what it is told of the connection for some seconds.

Arguments: address, seconds.
"""
import sys
import time

import wakeful  # noqa: F401
from pyghmi.ipmi import console

address, seconds = sys.argv[1:]


def hear(data):
    if isinstance(data, dict):
        print(data)


c = console.Console(bmc=address, userid="admin", password="password", iohandler=hear, force=True)
end = time.time() + float(seconds)
while time.time() < end:
    console.Console.wait_for_rsp(timeout=0.2)
print("connected:", c.connected, "broken:", c.broken)
