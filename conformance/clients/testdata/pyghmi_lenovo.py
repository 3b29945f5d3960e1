"""Reads a Lenovo machine's firmware inventory and clears its configuration, and prints what it found as JSON.

Arguments: address, port, user, password.
"""
import json
import os
import sys

import wakeful  # noqa: F401
from pyghmi.ipmi import command

host, port, name, password = sys.argv[1:]


def plain(version):
    return {k: v if isinstance(v, str) else v.isoformat() for k, v in version.items()}


client = command.Command(bmc=host, port=int(port), userid=name, password=password, privlevel=4)
found = {part: plain(version) for part, version in client.get_firmware()
         if part in ("XCC", "UEFI", "FPGA")}
client.oem_init()
handler = client._oem.immhandler
handler.set_property("/v2/ibmc/uefi/force-inventory", 1)
found["forced"] = "ok"
path = b"/v2/ibmc/uefi/force-inventory"
got = client.xraw_command(0x3a, 0xc4, data=bytearray([0, 0, len(path) + 1, 0x80 | len(path)]) + path)
found["property"] = bytes(bytearray(got["data"])[3:]).hex(" ")
client.set_user_name(5, "somebody")
found["before"] = client.get_user_name(5)
client.clear_bmc_configuration()
print(json.dumps(found), flush=True)
os._exit(0)  # the session is over: pyghmi would wait for an answer to its Close Session
