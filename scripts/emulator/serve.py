"""Runs MiniStack 1.5.33 with fixes for the bugs that affect this project.

Each function below fixes one bug or adds one missing feature, which its docstring describes. Nothing else in MiniStack
changes, and nothing else in the project depends on these fixes.
"""

from ministack.services import apigateway_v1, cloudwatch, ecr, waf
from ministack.services.cloudformation import provisioners


def report_missing_images() -> None:
    """DescribeImages returns an empty list for an unknown tag; ECR answers with ImageNotFoundException.

    The CDK CLI concludes from the list that the image exists, and then builds and pushes nothing.
    """
    describe_images = ecr._describe_images

    def describe_known_images(request):
        name = request.get("repositoryName", "")
        missing = [image for image in request.get("imageIds") or [] if not ecr._find_image(name, image)]
        if name in ecr._repositories and missing:
            message = f"The image with imageId {missing[0]} does not exist within the repository with name '{name}'"
            return ecr.error_response_json("ImageNotFoundException", message, 400)
        return describe_images(request)

    ecr._describe_images = describe_known_images


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


def keep_alarms_on_expressions() -> None:
    """A template with an alarm on metric math is refused. Accepts it; only SetAlarmState changes its state."""
    record_of = provisioners._cw_metric_alarm_record

    def record_of_any(name, properties):
        metrics = properties.get("Metrics")
        if not metrics:
            return record_of(name, properties)
        stand_in = {**properties, "Metrics": None, "MetricName": "expression", "Namespace": "expression"}
        return {**record_of(name, stand_in), "MetricName": None, "Namespace": None, "Metrics": metrics}

    provisioners._cw_metric_alarm_record = record_of_any


def add_composite_alarms() -> None:
    """MiniStack supports composite alarms in the API of CloudWatch, but not in CloudFormation."""

    def create(logical_id, properties, stack_name):
        name = properties.get("AlarmName") or provisioners._physical_name(stack_name, logical_id, max_len=255)
        status, _, body = cloudwatch._put_composite_alarm({}, {**properties, "AlarmName": name}, False, True)
        if status != 200:
            raise ValueError(body.decode())
        return name, {"Arn": cloudwatch._composite_alarms[name]["AlarmArn"]}

    def delete(name, _properties):
        cloudwatch._composite_alarms.pop(name, None)

    provisioners._RESOURCE_HANDLERS["AWS::CloudWatch::CompositeAlarm"] = {"create": create, "delete": delete}


def add_firewall_parts() -> None:
    """MiniStack supports web ACL associations in the API of WAF, but not in CloudFormation.

    It filters no requests either way, so a firewall's log would stay empty. The logging configuration is accepted and
    ignored.
    """

    def create(_logical_id, properties, _stack_name):
        request = {"WebACLArn": properties["WebACLArn"], "ResourceArn": properties["ResourceArn"]}
        status, _, body = waf._associate_web_acl(request)
        if status != 200:
            raise ValueError(body.decode())
        return f"{request['WebACLArn']}|{request['ResourceArn']}", {}

    def delete(_physical_id, properties):
        waf._disassociate_web_acl(properties)

    provisioners._RESOURCE_HANDLERS["AWS::WAFv2::WebACLAssociation"] = {"create": create, "delete": delete}
    provisioners._RESOURCE_HANDLERS["AWS::WAFv2::LoggingConfiguration"] = {
        "create": lambda _logical_id, properties, _stack_name: (properties["ResourceArn"], {}),
        "delete": lambda _physical_id, _properties: None,
    }


if __name__ == "__main__":
    report_missing_images()
    treat_bodies_without_a_type_as_binary()
    disable_keys()
    keep_alarms_on_expressions()
    add_composite_alarms()
    add_firewall_parts()
    # Imported last, because it reads the environment and installs signal handlers.
    from ministack.app import main

    main()
