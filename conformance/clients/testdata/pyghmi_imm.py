"""Reads a Lenovo or IBM machine's settings files, energy meters, indicators and enclosure, and prints them as JSON.

Arguments: address, port, user, password.
"""
import json
import sys
from xml.etree import ElementTree

import wakeful  # noqa: F401
from pyghmi.exceptions import IpmiException
from pyghmi.ipmi import command
from pyghmi.ipmi.oem.lenovo import config, energy

host, port, name, password = sys.argv[1:]

client = command.Command(bmc=host, port=int(port), userid=name, password=password, privlevel=4)
client.oem_init()
found = {"handler": type(client._oem).__module__, "xcc": bool(client._oem.has_xcc), "imm": bool(client._oem.has_imm)}



class Plain:
    """Stands for the compressor of settings files, which is no part of pyghmi: the files are plain here."""

    FrameworkDecompress = FrameworkCompress = staticmethod(lambda data, size: data)


config.etree, config.EfiCompressor = ElementTree, Plain
files = config.LenovoFirmwareConfig(client)
try:
    options = files.get_fw_options()
    found["options"] = {k: [o["current"], o["default"], o["possible"]] for k, o in options.items()}
    options["Processors.Hyper-Threading"]["new_value"] = "Disable"
    found["changed"] = files.set_fw_options(options)
    size = files.imm_size("asu_update.efi")
    handle = files.imm_open("asu_update.efi")
    update = files.imm_read(handle, size)
    files.imm_close(handle)
    files.imm_close(handle)  # pyghmi takes "not there" for closed
    setting = ElementTree.fromstring(update).find("config/group/setting")
    found["update"] = [len(update) == size, setting.get("ID"), setting.find(".//label").text]
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
