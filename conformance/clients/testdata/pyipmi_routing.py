"""Reads a device on a BMC's bus and controllers behind it through python-ipmi and prints what it found as one JSON
object.

Arguments: address, port, user, password.
"""
import json
import sys

import pyipmi
from pyipmi_connect import connect

client = connect(*sys.argv[1:])


def identify(address, *routing):
    client.target = pyipmi.Target(ipmb_address=address)
    client.target.set_routing(routing)
    return client.get_device_id()


found = {"i2c": bytes(client.i2c_write_read(0, 0, 0, 0x50, 4, b"\x00")).hex()}
me = identify(0x2C, (0x81, 0x20, 6), (0x20, 0x2C, None))
found["me"], found["manufacturer"] = me.device_id, me.manufacturer_id
found["fans"] = identify(0x84, (0x81, 0x20, 0), (0x20, 0x82, 1), (0x20, 0x84, None)).device_id
print(json.dumps(found))
