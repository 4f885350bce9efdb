"""Work for a loop of the lab: some that ends, and some that doesn't."""

import asyncio
from typing import NoReturn


async def seven() -> int:
    """Ends soon."""
    await asyncio.sleep(0)
    return 7


async def for_ever() -> NoReturn:
    """Ends when it is cancelled."""
    while True:
        await asyncio.Event().wait()
