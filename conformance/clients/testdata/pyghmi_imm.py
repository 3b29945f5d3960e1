"""Reads a Lenovo or IBM machine's settings files, energy meters, indicators and enclosure, and prints them as JSON.

Arguments: address, port, user, password.
"""
import json
import sys

import wakeful  # noqa: F401
from pyghmi.exceptions import IpmiException
from pyghmi.ipmi import command
from pyghmi.ipmi.oem.lenovo import config, energy

host, port, name, password = sys.argv[1:]

client = command.Command(bmc=host, port=int(port), userid=name, password=password, privlevel=4)
client.oem_init()
found = {"handler": type(client._oem).__module__, "xcc": bool(client._oem.has_xcc), "imm": bool(client._oem.has_imm)}

config.etree = True  # the files' bytes are asked for, not what is in them
files = config.LenovoFirmwareConfig(client)
try:
    handle = files.imm_open("config.efi")
    size = files.imm_size("config.efi")
    found["config.efi"] = [size, files.imm_read(handle, size).decode()]
    files.imm_close(handle)
    files.imm_close(handle)  # pyghmi takes "not there" for closed
    changes = b"changes " * 60
    handle = files.imm_open("asu_update.efi", write=True, size=len(changes))
    files.imm_write(handle, len(changes), changes)
    found["stub"] = files.imm_read(handle, 8).decode()
    files.imm_close(handle)
    found["written"] = files.imm_size("asu_update.efi")
except IpmiException as e:
    found["files"] = e.ipmicode

meters = energy.EnergyManager(client)
found["iana"] = bytes(meters.iana).hex(" ")
found["meters"] = list(meters.supportedmeters)
found["energy"] = [meters.get_dc_energy(client) > 0, meters.get_ac_energy(client) > 0]
found["leds"] = {k: v["status"] for k, v in client._oem.get_leds()}
handler = client._oem.immhandler
found["smm"] = [handler.get_property("/v2/ibmc/smm/chassis/" + p) for p in ("uuid", "sn", "mtm")]
address = handler.get_property("/v2/ibmc/smm/smm_ip")
found["smm_ip"] = address and ".".join(str(b) for b in bytes(address[-1::-1]))
try:
    found["smm_network"] = list(client.xraw_command(0x3a, 0xf1, data=[0])["data"])
except IpmiException as e:
    found["smm_network"] = e.ipmicode
client.ipmi_session.logout()
print(json.dumps(found))
