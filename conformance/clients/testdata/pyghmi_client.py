"""Works on a machine through pyghmi and prints what it found as one JSON object.

Arguments: address, port, user, password.
"""
import json
import sys

import wakeful  # noqa: F401
from pyghmi.exceptions import IpmiException
from pyghmi.ipmi import command

host, port, name, password = sys.argv[1:]


def connect(name, password, level):
    try:
        return command.Command(bmc=host, port=int(port), userid=name, password=password, privlevel=level)
    except IpmiException as error:
        sys.exit(f"refused: {error}")


def user(record):
    access = record["access"]
    return {
        "name": record["name"],
        "privilege": access["privilege_level"],
        "callback": access["callback"],
        "link": access["link_auth"],
        "messaging": access["ipmi_msg"],
    }


def names(client):
    return sorted(record["name"] for record in client.get_users().values())


found = {}
client = connect(name, password, 4)
found["version"] = dict((k, v["version"]) for k, v in client.get_firmware())["BMC Version"]
found["users"] = names(client)
found["admin"] = user(client.get_user(2))
found["medium"] = client.get_channel_info()["Channel Medium type"]
found["sessions"] = client.get_channel_info()["session_support"]
found["access"] = client.get_channel_access()["access_mode"]

client.create_user(5, "dora", "dorapassword", channel=1, callback=False, link_auth=False, ipmi_msg=True,
                   privilege_level="operator")
found["created"] = user(client.get_user(5))
found["right"] = client.set_user_password(5, "test_password", "dorapassword")
found["wrong"] = client.set_user_password(5, "test_password", "dorapassworx")
dora = connect("dora", "dorapassword", 3)
handle = bytes(dora.raw_command(netfn=6, command=0x3D, data=[0])["data"])  # Get Session Info, this session
found["logged"] = {5: "operator"}.get(handle[3]) if handle[4] == 3 else None
dora.ipmi_session.logout()
client.set_user_name(5, "theodora")
found["renamed"] = client.get_user_name(5)
client.user_delete(5)
found["deleted"] = names(client)

raw = bytes(client.raw_command(netfn=6, command=1)["data"])
found["raw"] = f"{raw[:4].hex()} {raw[4:9].hex()} {raw[9:11].hex()} {raw[11:].hex()}"
found["unknown"] = client.raw_command(netfn=0x3A, command=1)["code"]
client.reset_bmc()
found["reset"] = True
print(json.dumps(found))
