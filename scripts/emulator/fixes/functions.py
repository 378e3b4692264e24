"""Fixes for Lambda."""

import hashlib
import json
import os
import re

from ministack.services import ecr, lambda_svc
from ministack.services.cloudformation import provisioners

_ECR_IMAGE = re.compile(r"^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com/(?P<repository>[^:@]+)[:@](?P<reference>.+)$")


def start_containers_for_new_settings() -> None:
    """A container that waits for its next event keeps the environment variables from before a change of the function."""
    key_of = lambda_svc._warm_pool_key

    def key_with_environment(name, config):
        environment = json.dumps(config.get("Environment"), sort_keys=True)
        return f"{key_of(name, config)}:{hashlib.sha256(environment.encode()).hexdigest()}"

    lambda_svc._warm_pool_key = key_with_environment


def run_images_of_the_registry() -> None:
    """A function runs whatever image the Docker engine has under the name, and an image by digest is never there.

    Lambda looks the image up in ECR when the function's code is set, refuses one that is not there, and from then on
    runs the digest that it found. GetFunction gives it as ResolvedImageUri.
    """
    handlers = provisioners._RESOURCE_HANDLERS["AWS::Lambda::Function"]
    create, update_code = handlers["create"], lambda_svc._update_code
    get_function, spawn = lambda_svc._get_function, lambda_svc._spawn_lambda_container_impl

    def create_resolved(logical_id, properties, stack_name):
        image = properties.get("Code", {}).get("ImageUri")
        resolved = image and _resolve(image)
        if image and not resolved:
            raise ValueError(_missing(image))
        created = create(logical_id, properties, stack_name)
        if image:
            lambda_svc._functions[created[0]]["config"]["ResolvedImageUri"] = resolved
        return created

    def update_code_resolved(name, request):
        image = request.get("ImageUri")
        resolved = image and _resolve(image)
        if image and not resolved:
            return lambda_svc.error_response_json("InvalidParameterValueException", _missing(image), 400)
        answer = update_code(name, request)
        if image and answer[0] == 200:
            lambda_svc._functions[name]["config"]["ResolvedImageUri"] = resolved
        return answer

    def get_function_resolved(*arguments):
        status, headers, body = get_function(*arguments)
        if status != 200:
            return status, headers, body
        answer = json.loads(body)
        resolved = answer["Configuration"].pop("ResolvedImageUri", None)
        if resolved:
            answer["Code"]["ResolvedImageUri"] = resolved
        return lambda_svc.json_response(answer)

    def spawn_resolved(config, *arguments):
        image = _ECR_IMAGE.match(config.get("ResolvedImageUri", ""))
        if image:
            here = f"127.0.0.1:{os.environ['GATEWAY_PORT']}/{image['repository']}@{image['reference']}"
            config = {**config, "ImageUri": here}
        return spawn(config, *arguments)

    handlers["create"] = provisioners._lambda_create = create_resolved
    lambda_svc._update_code = update_code_resolved
    lambda_svc._get_function = get_function_resolved
    lambda_svc._spawn_lambda_container_impl = spawn_resolved


def list_provisioned_concurrency() -> None:
    """The list of a function's configurations of provisioned concurrency is the one of $LATEST, which never exists."""
    get_one = lambda_svc._get_provisioned_concurrency

    def get_one_or_all(name, qualifier):
        if qualifier or name not in lambda_svc._functions:
            return get_one(name, qualifier)
        found = lambda_svc._functions[name].get("provisioned_concurrency", {})
        arn = lambda_svc._func_arn(name)
        configurations = [{"FunctionArn": f"{arn}:{key}", **value} for key, value in found.items()]
        return lambda_svc.json_response({"ProvisionedConcurrencyConfigs": configurations})

    lambda_svc._get_provisioned_concurrency = get_one_or_all


def _resolve(uri: str) -> str | None:
    """The address of an image by its digest, or none if the registry does not have it."""
    image = _ECR_IMAGE.match(uri)
    digest = image and ecr._resolve_manifest(image["repository"], image["reference"])[0]
    return uri[: image.end("repository")] + "@" + digest if digest else None


def _missing(uri: str) -> str:
    return f"Source image {uri} does not exist. Provide a valid source image."
