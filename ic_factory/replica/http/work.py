"""Work that may wait for a round, kept off the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from typing import ParamSpec, TypeVar

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


async def run_in_worker(
    workers: Executor,
    work: Callable[Parameters, Result],
    *arguments: Parameters.args,
    **options: Parameters.kwargs,
) -> Result:
    """Does the work in another thread; what it returns or raises comes back here."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(workers, lambda: work(*arguments, **options))
