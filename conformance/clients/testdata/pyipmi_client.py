"""Reads a machine through python-ipmi's own v1.5 interface and prints what it found as one JSON object.

Arguments: address, port, user, password.
"""
import json
import sys

from pyipmi_connect import connect

client = connect(*sys.argv[1:])


def ask(command, *data):
    """Send a command of the application network function and return the response's data."""
    answer = client.raw_command(0, 6, bytes([command, *data]))
    if answer[0] != 0:
        sys.exit(f"command {command:02x}h: completion code {answer[0]:02x}h")
    return bytes(answer[1:])


device = client.get_device_id()
access = ask(0x44, 1, 2)  # Get User Access: channel 1, user 2
auth = ask(0x38, 1, 4)  # Get Channel Authentication Capabilities: channel 1, administrator
found = {
    "device": device.device_id,
    "manufacturer": device.manufacturer_id,
    "product": device.product_id,
    "chassis": device.supports_function("chassis"),
    "bridge": device.supports_function("bridge"),
    "guid": ask(0x08).hex(),
    "auth": [kind for bit, kind in ((0, "none"), (1, "md2"), (2, "md5"), (4, "straight")) if auth[1] >> bit & 1],
    "name": ask(0x46, 2).rstrip(b"\0").decode(),
    "level": access[3] & 0x0F,
    "users": access[0],
    "enabled": access[1] & 0x3F,
}
client.session.close()
print(json.dumps(found))
