"""Fixes for API Gateway."""

from ministack.services import apigateway_v1


def treat_bodies_without_a_type_as_binary() -> None:
    """A body without a content type is decoded as UTF-8 even if every media type is binary, which corrupts it."""
    matches = apigateway_v1._media_type_matches

    def matches_any(media_type, binary_media_types):
        return "*/*" in (binary_media_types or []) or matches(media_type, binary_media_types)

    apigateway_v1._media_type_matches = matches_any


def disable_keys() -> None:
    """A patch sets `enabled` to the text "false", which counts as true, so no key is ever refused.

    A key that is deleted stays in its usage plan, whose list of keys then names one that does not exist.
    """
    update_key, delete_key = apigateway_v1._update_api_key, apigateway_v1._delete_api_key

    def update_with_booleans(key_id, data):
        for operation in data.get("patchOperations", []):
            if operation.get("path") == "/enabled":
                operation["value"] = operation["value"] == "true"
        return update_key(key_id, data)

    def delete_from_plans(key_id):
        for _scope, keys in apigateway_v1._usage_plan_keys.all_items():
            keys.pop(key_id, None)
        return delete_key(key_id)

    apigateway_v1._update_api_key = update_with_booleans
    apigateway_v1._delete_api_key = delete_from_plans


def name_callers() -> None:
    """An event does not name the API key of its request. API Gateway names it if the method requires a key."""
    build_event = apigateway_v1._build_lambda_event_v1

    def build_event_with_key(api_id, stage_name, stage, resource, path, method, headers, *rest, **options):
        event = build_event(api_id, stage_name, stage, resource, path, method, headers, *rest, **options)
        methods = resource.get("resourceMethods", {})
        if (methods.get(method) or methods.get("ANY") or {}).get("apiKeyRequired"):
            value = apigateway_v1._api_key_from_request(headers)
            key = apigateway_v1._resolve_api_key(value)
            event["requestContext"]["identity"].update(apiKey=value, apiKeyId=key["id"])
        return event

    apigateway_v1._build_lambda_event_v1 = build_event_with_key
