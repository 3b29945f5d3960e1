"""Evaluates one expression with python-ipmi's connection, bmc, and prints what it gives; an exception is printed with its type.

Arguments: address, expression, and the interface's quirks_cfg where it is given one.
"""
import sys

from pyipmi_connect import connect

address, expression, *quirks = sys.argv[1:]
try:
    options = {"quirks_cfg": eval(quirks[0])} if quirks else {}
    bmc = connect(address, 623, "admin", "password", **options)
    found = eval(expression)
    print(getattr(found, "__dict__", found))
    bmc.session.close()
except Exception as error:
    sys.exit(f"{type(error).__name__}: {error}")
