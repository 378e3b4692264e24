"""Fixes for CloudWatch alarms in CloudFormation."""

from ministack.services import cloudwatch
from ministack.services.cloudformation import provisioners


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
