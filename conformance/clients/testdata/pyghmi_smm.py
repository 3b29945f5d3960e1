"""Reads and sets what the manager of a Lenovo enclosure has, and prints what it found as JSON.

Arguments: address, port, user, password.
"""
import json
import os
import sys

import wakeful  # noqa: F401
from pyghmi.ipmi import command


class NoWeb:
    """Stands for the manager's web server, of which only password rules are read."""

    broken = False

    def request(self, *args):
        return None

    def getresponse(self):
        return self

    def read(self):
        return b"<rules/>"


host, port, name, password = sys.argv[1:]

client = command.Command(bmc=host, port=int(port), userid=name, password=password, privlevel=4)
client.oem_init()
oem = client._oem
smm = oem.smmhandler
smm._wc = NoWeb()


def sensors():
    return {s.name: s.value if s.value is not None else [s.health, s.states]
            for s in oem.get_sensor_data()}


found = {"variant": oem.is_fpc, "firmware": {k: v for k, v in client.get_firmware()}}
before = sensors()
found["sensors"] = sorted(before)
found["power"] = [900 < before["AC Power"] < 1300, before["PSU Power Loss"] < before["AC Power"]]
found["fans"] = [before["PSU Fan Speed 1"], before["PSU Fan Speed 2"]]
found["supply"] = before["Power Supply 1"]
found["nodes"] = [before["Node Power Permission %d" % i] for i in (1, 3, 4)]
psu = smm.get_psu_info(client, 1)
found["psu"] = [psu[k] for k in ("Description", "Model", "Serial Number", "Vendor", "Manufacturing Date",
                                 "Primary Firmware Version")]
found["fru"] = [v.decode() for v in smm.process_fru({}).values()]


def settings():
    return {k: v["value"] for k, v in smm.get_bmc_configuration().items()}


found["settings"] = settings()
smm.set_bmc_configuration({"fanspeed": "Boosted", "power_redundancy": "N+N", "power_oversubscription": "no",
                           "dhcp_sends_hostname": "no"}, oem.is_fpc)
found["changed"] = settings()
client.reseat_bay(1)
found["reseated"] = sensors()["Node Power Permission 1"]
client.clear_bmc_configuration()
print(json.dumps(found), flush=True)
os._exit(0)  # the session is over: pyghmi would wait for an answer to its Close Session
