"""Sends requests to controllers behind a BMC through pyghmi and prints the answers as one JSON object.

Arguments: address, port, user, password.
"""
import json
import sys

from pyghmi.ipmi import command

host, port, name, password = sys.argv[1:]
client = command.Command(bmc=host, port=int(port), userid=name, password=password, privlevel=4)


def identify(address, channel):
    return client.raw_command(netfn=6, command=1, bridge_request={"addr": address, "channel": channel})


print(json.dumps({"me": bytes(identify(0x2C, 6)["data"]).hex(), "nobody": identify(0x2E, 6)["code"]}))
