"""Reads and changes the server behind a BMC through python-ipmi's own v1.5 interface and prints what it found as one
JSON object.

Arguments: address, port, user, password.
"""
import json
import sys

from pyipmi import lan
from pyipmi.bmc import Watchdog
from pyipmi.errors import DecodingError
from pyipmi.fru import FruInventory
from pyipmi_connect import connect

client = connect(*sys.argv[1:])
found = {}


def text(value):
    return value if isinstance(value, str) else bytes(value).decode()


def texts(area, *fields):
    return [str(getattr(area, field)) for field in fields]


info = client.get_sdr_repository_info()
found["repository"] = [info.sdr_version, info.record_count]
records, unknown = [], 0
for number in range(1, info.record_count + 1):
    try:
        records.append(client.get_repository_sdr(number))
    except DecodingError:  # it has no class for associations, generic devices, confirmations: 08h, 10h, 13h
        unknown += 1
found["records"] = sorted({r.type: sum(r.type == other.type for other in records) for r in records}.items())
found["unknown"] = unknown
for record in records:
    if record.type != 1 or text(record.device_id_string) not in ("Inlet Temp", "P12V", "Fan 1"):
        continue
    raw, states = client.get_sensor_reading(record.number)
    limits = client.get_sensor_thresholds(record.number)
    value = {key: round(record.convert_sensor_raw_to_value(limit), 3) for key, limit in limits.items()}
    value["value"] = round(record.convert_sensor_raw_to_value(raw), 3)
    value["states"] = states
    found[text(record.device_id_string)] = value
client.set_sensor_thresholds(1, unc=60)
found["thresholds"] = client.get_sensor_thresholds(1)
found["discrete"] = client.get_sensor_reading(0x50)

entries = client.get_sel_entries()
found["log"] = [[e.sensor_type, e.sensor_number, e.event_direction, bytes(e.event_data).hex()] for e in entries]
found["entries"] = [client.get_sel_entries_count()]
client.clear_sel()
found["entries"].append(client.get_sel_entries_count())



def read_fru(offset, count):
    """read_fru_data of this python-ipmi calls what Python no longer has, at its end."""
    data = b""
    while len(data) < count:
        part = min(count - len(data), 32)
        data += bytes(client.send_message_with_name("ReadFruData", fru_id=0, offset=offset + len(data), count=part).data)
    return data


fru = FruInventory(read_fru(0, 512))
found["area"] = client.get_fru_inventory_area_info(0)
found["chassis info"] = texts(fru.chassis_info_area, "part_number", "serial_number")
found["board"] = texts(fru.board_info_area, "manufacturer", "product_name", "serial_number")
found["product"] = texts(fru.product_info_area, "manufacturer", "name", "asset_tag")
client.write_fru_data([0x55, 0xAA], offset=8000)
found["written"] = read_fru(7999, 4).hex()

status = client.get_chassis_status()
found["chassis"] = [status.power_on, status.restore_policy, status.chassis_state]
client.chassis_control_power_down()
found["down"] = client.get_chassis_status().power_on
found["unavailable"] = client.get_sensor_reading(4)
client.chassis_control_power_up()
client.chassis_control_hard_reset()
client.chassis_control_diagnostic_interrupt()
found["up"] = client.get_chassis_status().power_on

timer = Watchdog()
timer.timer_use, timer.dont_stop, timer.dont_log = Watchdog.TIMER_USE_SMS_OS, False, True
timer.pre_timeout_interrupt, timer.pre_timeout_interval = 0, 0
timer.timeout_action, timer.timer_use_expiration_flags = Watchdog.TIMEOUT_ACTION_POWER_DOWN, 0
timer.initial_countdown = 600
client.set_watchdog_timer(timer)
client.reset_watchdog_timer()
timer = client.get_watchdog_timer()
found["watchdog"] = [timer.timer_use, timer.is_running, timer.dont_log, timer.timeout_action, timer.initial_countdown]

found["address"] = list(client.get_lan_config_param(channel=1, parameter_selector=lan.LAN_PARAMETER_IP_ADDRESS))
client.set_lan_config_param(1, lan.LAN_PARAMETER_SUBNET_MASK, bytes([255, 255, 0, 0]))
found["mask"] = list(client.get_lan_config_param(channel=1, parameter_selector=lan.LAN_PARAMETER_SUBNET_MASK))

power = client.get_power_reading(1)
# The host was off for a moment: whether the statistics saw that is a matter of milliseconds.
found["dcmi power"] = [power.current_power, power.maximum_power,
                       power.minimum_power <= power.average_power <= power.maximum_power]
found["dcmi"] = bytes(client.get_dcmi_capabilities(1).parameter_data).hex()
receiver = client.get_event_receiver()
found["receiver"] = list(receiver)
client.session.close()
print(json.dumps(found))
