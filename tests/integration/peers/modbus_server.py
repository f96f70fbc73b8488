"""A Modbus device, unit 1, by pymodbus: tells what is written into it.

usage: modbus_server.py tcp|rtu

Both over TCP; `rtu` is the framing of serial lines, as behind a converter. Coils and discrete inputs whose number divides
by 3 are on; holding registers hold 1000 more than their number, input registers 2000.
"""

import asyncio
import sys

from pymodbus.datastore import ModbusSequentialDataBlock, ModbusServerContext, ModbusSlaveContext
from pymodbus.server.async_io import ModbusTcpServer
from pymodbus.transaction import ModbusRtuFramer, ModbusSocketFramer

FRAMERS = {"tcp": ModbusSocketFramer, "rtu": ModbusRtuFramer}


class Block(ModbusSequentialDataBlock):
    def __init__(self, name, values):
        super().__init__(0, values)
        self.name = name

    def setValues(self, address, values):  # noqa: N802
        super().setValues(address, values)
        print("wrote", self.name, address, *map(int, values))


async def serve():
    bits = [number % 3 == 0 for number in range(64)]
    device = ModbusSlaveContext(
        zero_mode=True,
        co=Block("coils", list(bits)),
        di=Block("inputs", list(bits)),
        hr=Block("registers", [1000 + number for number in range(64)]),
        ir=Block("input registers", [2000 + number for number in range(64)]),
    )
    server = ModbusTcpServer(ModbusServerContext({1: device}, single=False), FRAMERS[sys.argv[1]], address=("127.0.0.1", 0))
    serving = asyncio.ensure_future(server.serve_forever())
    await server.serving
    print("bound", server.server.sockets[0].getsockname()[1])
    await serving


asyncio.run(serve())
