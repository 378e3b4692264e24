"""Fixes for the addresses of MiniStack."""

import os

from hypercorn.config import Config


def listen_for_containers() -> None:
    """MiniStack listens on one address. Functions run in containers, which cannot reach the host's loopback address.

    CONTAINER_HOST is the host's address in the network of the containers. The host can reach it as well, so a URL that a
    function signs works on both sides.
    """
    set_addresses = Config.bind.fset
    extra = [f"{host}:{os.environ['GATEWAY_PORT']}" for host in [os.environ.get("CONTAINER_HOST")] if host]
    Config.bind = Config.bind.setter(lambda config, addresses: set_addresses(config, [*addresses, *extra]))
