"""Keeps the demo's systems up for nights that a person runs."""

import os
import shlex
from contextlib import suppress
from threading import Event

from rich.console import Console

from redress.demo.show import DEMO_DATE, KEY_FILE
from redress.landing.pseudonym import VARIABLE, key_kept_in
from redress.paths import Home


def serve_demo(port: int) -> int:
    """Writes the records into the councils' systems, and runs Croydon's service until Ctrl-C; returns the exit code.

    port: 0 for any that is free. Prints the variables that a night on the demo's councils needs in another terminal.

    Raises RedressError if something else listens on the port.
    """
    from redress.demo.records import write_drop
    from redress.demo.routes.systems import running, write_systems

    home, console = Home.from_environment(), Console()
    demo = home.root / "demo"
    key_file = demo / KEY_FILE
    write_drop(demo / "records")
    write_systems(demo / "records", demo, DEMO_DATE)
    with running(demo / "records", demo, port) as variables:
        console.print("Croydon's service is up on this machine until Ctrl-C.", markup=False)
        console.print("For a night on the demo's records, in another terminal:", markup=False)
        if VARIABLE not in os.environ:
            key_kept_in(key_file)
            console.print(f'export {VARIABLE}="$(cat {shlex.quote(str(key_file))})"', markup=False, soft_wrap=True)
        for name, value in variables.items():
            console.print(f"export {name}={shlex.quote(value)}", markup=False, soft_wrap=True)
        with suppress(KeyboardInterrupt):
            Event().wait()
    return 0
