"""Reads and changes the server behind a BMC through pyghmi and prints what it found as one JSON object.

Arguments: address, port, user, password.
"""
import json
import sys

import wakeful  # noqa: F401
from pyghmi.ipmi import command

host, port, name, password = sys.argv[1:]
client = command.Command(bmc=host, port=int(port), userid=name, password=password)
found = {}


def reading(sensor):
    value = sensor.value if sensor.value is None else round(sensor.value, 3)
    return [value, sensor.units, sensor.health, sensor.type, sensor.states]


found["power"] = [client.get_power()["powerstate"]]
sensors = {s.name: reading(s) for s in client.get_sensor_data()}
found["sensors"] = len(sensors)
for sensor in ("Inlet Temp", "P12V", "Fan 1", "Sys Power", "PSU1 Status", "PSU Redundancy", "OS Boot"):
    found[sensor] = sensors[sensor]
found["one"] = reading(client.get_sensor_reading("VBAT"))
found["descriptions"] = [d for d in client.get_sensor_descriptions() if d["name"] == "Fan 8"]
health = client.get_health()
found["health"] = [health["health"], [s.name for s in health["badreadings"]]]

inventory = dict(client.get_inventory())
found["inventory"] = sorted(inventory)
for part, keys in (("System", ("Manufacturer", "Product name", "Serial Number", "Model", "UUID", "Chassis serial number", "Board Mfg Date" )),
                   ("PSU1", ("Manufacturer", "Product name", "Serial Number"))):
    found["fru " + part] = inventory[part]
found["firmware"] = dict(client.get_firmware())
events = [(e["event"], e["component"], e["severity"]) for e in client.get_event_log(clear=True)]
found["events"] = events
found["cleared"] = len(list(client.get_event_log()))

found["bootdev"] = [client.get_bootdev()]
for device, persist, uefi in (("network", False, False), ("hd", True, True), ("setup", False, True), ("default", False, False)):
    client.set_bootdev(device, persist=persist, uefiboot=uefi)
    found["bootdev"].append(client.get_bootdev())

net = client.get_net_configuration()
found["net"] = net
client.set_net_configuration(ipv4_address="192.0.2.88/22", ipv4_configuration="Static", ipv4_gateway="192.0.2.254")
found["net set"] = client.get_net_configuration()
found["destinations"] = client.get_alert_destination_count()
# set_alert_destination and get_alert_community mix up text and bytes in Python 3 before and after they ask.
found["destination"] = client.get_alert_destination(1)
client.set_alert_community("secret")
found["community"] = bytes(client.raw_command(netfn=0x0C, command=2, data=(1, 16, 0, 0))["data"])[1:].rstrip(b"\0").decode()
found["mci"] = [client.get_mci()]
client.set_mci("a controller")
found["mci"].append(client.get_mci())
found["hostname"] = client.get_hostname()
found["asset"] = [client.get_asset_tag()]
client.set_asset_tag(b"tag 9")
found["asset"].append(client.get_asset_tag())


def identify():
    state = bytes(client.raw_command(netfn=0, command=1)["data"])[2]
    return ["off", "temporary", "indefinite"][state >> 4 & 3]


found["identify"] = [identify()]
for on, duration in ((True, None), (False, None), (True, 30)):
    client.set_identify(on, duration)
    found["identify"].append(identify())
for state, end in (("off", "off"), ("on", "on"), ("shutdown", "off"), ("boot", "on"), ("reset", "on")):
    client.set_power(state, wait=5 if state == "shutdown" else False)
    found["power"].append(client.get_power()["powerstate"])
client.set_power("off")
found["off"] = [s.name for s in client.get_sensor_data() if s.name in ("CPU1 Temp", "Inlet Temp") and s.value is not None]
client.ipmi_session.logout()
print(json.dumps(found))
