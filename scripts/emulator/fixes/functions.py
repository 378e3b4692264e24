"""Fixes for Lambda."""

import hashlib
import json

from ministack.services import lambda_svc


def start_containers_for_new_settings() -> None:
    """A container that waits for its next event keeps the environment variables from before a change of the function."""
    key_of = lambda_svc._warm_pool_key

    def key_with_environment(name, config):
        environment = json.dumps(config.get("Environment"), sort_keys=True)
        return f"{key_of(name, config)}:{hashlib.sha256(environment.encode()).hexdigest()}"

    lambda_svc._warm_pool_key = key_with_environment
