"""Evaluates one expression with pyghmi's Command object, bmc, and prints what it gives; an exception is printed with its type.

Arguments: address, expression.
"""
import sys
import types

import wakeful  # noqa: F401
from pyghmi.ipmi import command

address, expression = sys.argv[1:]
try:
    bmc = command.Command(bmc=address, userid="admin", password="password")
    found = eval(expression)
    for line in found if isinstance(found, types.GeneratorType) else [found]:
        print(getattr(line, "__dict__", line))
except Exception as error:
    sys.exit(f"{type(error).__name__}: {error}")
