"""Evaluates one expression with python-ipmi's connection, bmc, and prints what it gives; an exception is printed with its type.

Arguments: address, expression, and the interface's quirks_cfg where it is given one.
"""
import sys

import pyipmi
import pyipmi.interfaces

address, expression, *quirks = sys.argv[1:]
try:
    options = {"quirks_cfg": eval(quirks[0])} if quirks else {}
    interface = pyipmi.interfaces.create_interface("rmcp", slave_address=0x81, host_target_address=0x20,
                                                   keep_alive_interval=0, **options)
    bmc = pyipmi.create_connection(interface)
    bmc.session.set_session_type_rmcp(address, port=623)
    bmc.session.set_auth_type_user("admin", "password")
    bmc.target = pyipmi.Target(ipmb_address=0x20)
    bmc.session.establish()
    found = eval(expression)
    print(getattr(found, "__dict__", found))
    bmc.session.close()
except Exception as error:
    sys.exit(f"{type(error).__name__}: {error}")
